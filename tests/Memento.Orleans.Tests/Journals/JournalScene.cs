using Memento.Journaling;
using Memento.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Memento.Tests.Journals;

/// <summary>A journal over a storage in memory that fails when told to.</summary>
internal sealed class JournalScene : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    public JournalScene(MemoryJournalStorage? storage = null)
    {
        Storage = storage ?? new MemoryJournalStorage();
        _ = Storage.CreateTableAsync("t", CancellationToken.None);
        Faults = new FaultyStorage(Storage);
        Journal = new Journal(new DurableStorage(Faults), Log, Time);
    }

    public ListLogger<Journal> Log { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public MemoryJournalStorage Storage { get; }

    public FaultyStorage Faults { get; }

    public Journal Journal { get; }

    /// <summary>The commits that were taken back, in that order.</summary>
    public List<string> TakenBack { get; } = [];

    /// <summary>A commit of one row that was not appended yet.</summary>
    public PendingCommit Make(string name, Guid? id = null, PendingCommit? after = null)
    {
        var entry = new JournalEntry
        {
            TransactionId = id ?? Guid.NewGuid(),
            Writes = [new RowWrite("t", 0, [(byte)name.Length], [.. name.Select(c => (byte)c)])],
            Epochs = [new PartitionEpoch(name, 0, 0)],
        };
        return new PendingCommit(
            entry, [new RecordedPart(name, TakenBack)], after?.Position ?? 0);
    }

    /// <summary>A commit that was appended, and has seen an earlier one if that is given.</summary>
    public PendingCommit Append(string name, Guid? id = null, PendingCommit? after = null)
    {
        PendingCommit commit = Make(name, id, after);
        Assert.True(Journal.TryAppend(commit, Journal.Generation));
        return commit;
    }

    /// <summary>A commit that is being written and stands still.</summary>
    public async Task<PendingCommit> AppendAndBlockAsync(string name, Guid? id = null)
    {
        Faults.Block();
        PendingCommit commit = Append(name, id);
        await Faults.Reached.WaitAsync(LongestWait);
        return commit;
    }

    public static Task EndOf(PendingCommit commit) => commit.Durable.WaitAsync(LongestWait);

    public async ValueTask DisposeAsync()
    {
        Faults.Unblock();
        await Journal.DisposeAsync().AsTask().WaitAsync(LongestWait);
    }
}
