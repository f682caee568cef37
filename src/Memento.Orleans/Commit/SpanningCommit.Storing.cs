using Memento.Journaling;
using Memento.Messages;
using Memento.Storage;

namespace Memento.Commit;

// What the storage has of a commit, and how long it and this silo remember it.
internal sealed partial class SpanningCommit
{
    /// <summary>Writes the rows of all members, with the outcome, in one entry.</summary>
    private async Task AppendAsync(Coordination one)
    {
        var decision = new Decision(this, one);
        try
        {
            // All that it depends on is durable in its silos.
            var pending = new PendingCommit(MakeEntry(one), [decision]);
            if (!journal.TryAppend(pending, journal.Generation))
            {
                decision.TellOnce(CommitResult.TryAgain(
                    "The durable storage failed while the transaction was committed."));
                return;
            }

            // Also after the caller was told that it is in doubt.
            pending.WhenKept(() =>
            {
                one.IsStored = true;
                decision.TellOnce(CommitResult.Committed);
            });
            await pending.Durable.ConfigureAwait(false);
        }
        catch (TransactionInDoubtException doubt)
        {
            Step(one, (machine, effects) =>
                machine.OnInDoubt(CommitResult.Failed(doubt), effects));
        }
        catch (CommitTakenBackException exception)
        {
            decision.TellOnce(CommitResult.TryAgain(exception.Message));
        }
        catch (MementoException error)
        {
            decision.TellOnce(CommitResult.Failed(error));
        }
        catch (Exception exception)
        {
            MemoryLost.Fail(logger, exception, "writing a transaction over several silos");
        }
    }

    private JournalEntry MakeEntry(Coordination one)
    {
        List<RowWrite> writes = [];
        List<PartitionEpoch> epochs = [];
        HashSet<string> clears = [];
        foreach (SealedRows each in one.Rows)
            each.AddTo(writes, epochs, clears);
        one.Decision?.AddTo(writes);
        return new JournalEntry
        {
            TransactionId = one.Id,
            Writes = writes,
            Epochs = epochs,
            Clears = [.. clears],
            KeepsOutcome = true,
            Forgets = _old.Take(),
        };
    }

    /// <summary>
    /// A member that was struck off without an answer may be alive against the membership's belief,
    /// and ask. Where the storage has the outcome, it keeps it then; otherwise this silo must know
    /// it, until such a silo has long found out that it is dead.
    /// </summary>
    private void Forget(Coordination one)
    {
        if (one.HasLeftOut && one.Decider == SpanningDecider.Members)
        {
            _leftOut.Add(one);
            while (_leftOut.TryTake(out Coordination? oldest))
                _running.TryRemove(new(oldest.Id, oldest));
            return;
        }

        _running.TryRemove(new(one.Id, one));
        if (one.IsStored && !one.HasLeftOut) _old.Add(one.Id, one.State.IsJoined);
    }

    /// <summary>
    /// What the storage says of the batch, told once: by the journal as the batch becomes durable
    /// or is taken back, also long after the caller was told that it is in doubt.
    /// </summary>
    private sealed class Decision(SpanningCommit commit, Coordination one) : ITakeBack
    {
        private int _isTold;

        // It has applied nothing, and is of no partition.
        public string Table => "";

        public int Number => 0;

        public bool IsStored => false;

        public void TakeBack()
            => TellOnce(CommitResult.TryAgain(
                "The durable storage did not keep it, or a commit before it."));

        public void Discard()
        {
        }

        public void TellOnce(CommitResult result)
        {
            if (Interlocked.Exchange(ref _isTold, 1) != 0) return;

            // Not on the journal's thread, which has the next batch to write.
            ThreadPool.UnsafeQueueUserWorkItem(
                static told => _ = told.commit.DecideAsync(told.one, (machine, effects) =>
                    machine.OnAppended(told.result, effects)),
                (commit, one, result),
                preferLocal: false);
        }
    }
}
