using Memento.Storage;

namespace Memento.Tests.Compliance;

/// <summary>The storage in memory, whose place is a variable.</summary>
public class MemoryUnderTest : StorageUnderTest
{
    private readonly MemoryDisk _disk = new();

    /// <summary>How many outcomes of transactions it keeps.</summary>
    public int OutcomeCount
    {
        get
        {
            lock (_disk.Gate)
                return _disk.State.Outcomes.Count;
        }
    }

    public override bool IsShared => true;

    /// <summary>Whether it recognises batches, and not only their outcomes.</summary>
    protected virtual bool SettlesBatches => true;

    public override IJournalStorage Create()
        => new MemoryJournalStorage(_disk) { SettlesBatches = SettlesBatches };

    public override async Task CrashAsync(
        IJournalStorage storage, CrashPoint point, Func<Task> change)
    {
        MemoryState? left = point == CrashPoint.Before ? _disk.State : null;
        _disk.Commit = state =>
        {
            MemoryState before = _disk.State;
            _disk.State = state;
            left ??= point switch
            {
                CrashPoint.BeforeCommit or CrashPoint.InCommit => before,
                CrashPoint.AfterCommit => state,
                _ => null,
            };
        };
        await change();
        _disk.Commit = null;
        _disk.State = left ?? _disk.State;
        await storage.DisposeAsync();
    }

    public override IDisposable LoseCommits(IJournalStorage storage, bool areKept)
    {
        _disk.Commit = state =>
        {
            if (areKept) _disk.State = state;
            throw new IOException("The answer was lost, says the test.");
        };
        return new End(() => _disk.Commit = null);
    }

    public override IDisposable Fill(IJournalStorage storage)
    {
        _disk.IsFull = true;
        return new End(() => _disk.IsFull = false);
    }

    public override IDisposable Hide()
    {
        _disk.IsHidden = true;
        return new End(() => _disk.IsHidden = false);
    }

    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return default;
    }
}

/// <summary>A storage in memory that knows only the outcomes of transactions again.</summary>
public sealed class OutcomeMemoryUnderTest : MemoryUnderTest
{
    protected override bool SettlesBatches => false;
}
