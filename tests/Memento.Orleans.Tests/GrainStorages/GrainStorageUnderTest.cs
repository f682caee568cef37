using System.Runtime.CompilerServices;
using Memento.LogStorage;
using Memento.Storage;
using Memento.Tests.Compliance;
using Microsoft.Extensions.Logging.Abstractions;

namespace Memento.Tests.GrainStorages;

/// <summary>The log in a grain storage, as a store of its own there.</summary>
public class GrainStorageUnderTest<TProvider> : StorageUnderTest
    where TProvider : GrainProvider, new()
{
    /// <summary>A full storage has room for owner numbers, and for no rows.</summary>
    private const int RoomOfFull = 1_000;

    private readonly string _name = $"s{Guid.NewGuid():N}";
    private readonly ConditionalWeakTable<IJournalStorage, FaultyGrainStorage> _processes = [];
    private bool _isHidden;

    public override bool IsShared => true;

    public TProvider Provider { get; } = new();

    /// <summary>
    /// Small states, so that a batch has several, and checkpoints are made all the time.
    /// </summary>
    protected virtual GrainStorageOptions Options => new()
    {
        MaxStateBytes = 48 << 10,
        CheckpointBytes = 64 << 10,
    };

    public override IJournalStorage Create()
    {
        var process = new FaultyGrainStorage(Provider.Storage);
        process.ReadFault = () => _isHidden ? FaultyGrainStorage.Gone() : null;
        GrainStorageOptions options = Options;
        options.StoreName = _name;
        options.IsRefusal = static failure => failure is FullException;
        var storage = new GrainJournalStorage(
            process,
            typeof(TProvider).Name,
            options,
            TimeProvider.System,
            NullLogger.Instance);
        _processes.Add(storage, process);
        return storage;
    }

    /// <summary>The process that has a storage.</summary>
    internal FaultyGrainStorage ProcessOf(IJournalStorage storage)
        => _processes.TryGetValue(storage, out FaultyGrainStorage? process)
            ? process
            : throw new InvalidOperationException("The storage is not of this place.");

    /// <summary>A change is committed by the last state of its group.</summary>
    public override async Task CrashAsync(
        IJournalStorage storage, CrashPoint point, Func<Task> change)
    {
        FaultyGrainStorage process = ProcessOf(storage);
        process.OnWrite = async (key, write) =>
        {
            if (!IsCommit(key))
            {
                await write();
                return;
            }

            if (point is CrashPoint.InCommit or CrashPoint.AfterCommit or CrashPoint.After)
                await write();
            if (point == CrashPoint.After) return;
            process.Die();
            throw FaultyGrainStorage.Gone();
        };
        if (point != CrashPoint.Before)
        {
            Exception? end = await Record.ExceptionAsync(change);
            Assert.Equal(
                point == CrashPoint.After, end is not (StorageException or BatchInDoubtException));
        }

        process.Die();
        await storage.DisposeAsync();
    }

    public override IDisposable LoseCommits(IJournalStorage storage, bool areKept)
    {
        FaultyGrainStorage process = ProcessOf(storage);
        process.OnWrite = async (key, write) =>
        {
            if (areKept) await write();
            throw FaultyGrainStorage.Gone();
        };
        process.ReadFault = FaultyGrainStorage.Gone;
        return new End(() =>
        {
            process.OnWrite = null;
            process.ReadFault = null;
        });
    }

    public override IDisposable Fill(IJournalStorage storage)
    {
        FaultyGrainStorage process = ProcessOf(storage);
        process.Room = RoomOfFull;
        return new End(() => process.Room = null);
    }

    public override IDisposable Hide()
    {
        _isHidden = true;
        return new End(() => _isHidden = false);
    }

    public override async ValueTask DisposeAsync()
    {
        await Provider.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private static bool IsCommit(string key) => key.StartsWith("log-", StringComparison.Ordinal);
}
