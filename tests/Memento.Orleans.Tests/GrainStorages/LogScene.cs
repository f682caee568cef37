using Memento.LogStorage;
using Memento.Tests.Compliance;
using Memento.Tests.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace Memento.Tests.GrainStorages;

/// <summary>A place for a log in memory, with small states and a clock that a test moves.</summary>
internal sealed class LogScene : IAsyncDisposable
{
    private readonly List<GrainJournalStorage> _opened = [];

    public DictionaryProvider Provider { get; } = new();

    public ShiftedTime Time { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>How long the log gets before a silo makes a checkpoint by itself.</summary>
    public long CheckpointBytes { get; init; } = long.MaxValue;

    /// <summary>A silo on the place, not open yet.</summary>
    /// <param name="time">Its clock, if it has one of its own.</param>
    public LogSilo New(TimeProvider? time = null)
    {
        var process = new FaultyGrainStorage(Provider);
        var storage = new GrainJournalStorage(
            process,
            "dictionary",
            new GrainStorageOptions { MaxStateBytes = 4 << 10, CheckpointBytes = CheckpointBytes },
            time ?? Time,
            NullLogger.Instance);
        _opened.Add(storage);
        return new LogSilo(storage, process, new StorageScene(storage));
    }

    /// <summary>A silo with the table t, whose partition 0 it owns.</summary>
    public async Task<LogSilo> OpenAsync(TimeProvider? time = null)
    {
        LogSilo silo = New(time);
        await silo.Storage.OpenAsync(Token);
        await silo.Storage.CreateTableAsync("t", Token);
        await silo.Scene.OwnAsync();
        return silo;
    }

    /// <summary>As much time goes by as a look at the root counts.</summary>
    public void PassRootAge() => Time.MoveOn(SharedLog.RootAge + TimeSpan.FromSeconds(1));

    /// <summary>As much time goes by as a checkpoint's waste stays.</summary>
    public void PassClearDelay() => Time.MoveOn(SharedLog.ClearDelay + TimeSpan.FromSeconds(1));

    public async ValueTask DisposeAsync()
    {
        foreach (GrainJournalStorage storage in _opened)
            await storage.DisposeAsync();
    }
}

/// <summary>A machine whose wall clock a test sets.</summary>
internal sealed class WallTime : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}

/// <summary>A silo on a log.</summary>
internal sealed record LogSilo(
    GrainJournalStorage Storage, FaultyGrainStorage Process, StorageScene Scene);
