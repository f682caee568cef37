using Orleans.Transactions;

namespace Memento.Tests.Clusters.Simulation.Grains;

/// <content>
/// What goes to the storage and comes from it, and what is told when it is there.
/// </content>
internal sealed partial class VirtualGrain
{
    // Committed here as the manager, and not confirmed by all yet.
    private readonly HashSet<Guid> _unconfirmed = [];

    private async Task<bool> RestoreAsync()
    {
        if (await Silo.All.Storage.CallAsync(Silo, _stored.Load) is not { } loaded) return false;

        if (IsEnded) return false;
        _batch = new GrainBatch(loaded);
        (_stable, _stableSequence) = (loaded.Committed, loaded.CommittedSequence);
        _clock.Merge(Stamp(loaded.Time));
        foreach (PendingState each in loaded.Pending.OrderBy(static each => each.Time))
        {
            if (each.Sequence <= loaded.CommittedSequence || each.Manager is null) continue;

            _queue.Add(new GrainRecord(each.Id)
            {
                Role = CommitRole.Remote,
                Time = each.Time,
                State = each.State,
                Sequence = each.Sequence,
                Manager = each.Manager,
                IsPersisted = true,
                LastSent = 0,
                IsRestored = true,
                Writes = 1,
            });
            _stableSequence = each.Sequence;
            if (Silo.All.Time.IsTold) Tell($"finds {Silo.All.NameOf(each.Id)} prepared");
            Silo.All.Counts.Add(Happening.GrainRestored);
        }

        foreach ((Guid id, CommitNote note) in loaded.Notes)
            BeginToConfirm(id, note);
        _storage.Notify();
        _lock.Notify();
        return true;
    }

    private async Task StoreAsync()
    {
        // Orleans may write here although its state could not be read after a failed write: what
        // it has not committed, with the notes of what it has to tell.
        if (!await ReadyAsync())
        {
            _storage.NotifyAt(Now + FirstRecoveryPing);
            return;
        }

        int ready = _queue.TakeWhile(static each => each.IsReady).Count();
        if (ready > 0)
            Collect(ready);
        else
            CheckProgress();
        GrainBatch? sent = null;
        if (_batch.Size > 0)
        {
            sent = _batch;
            _batch = new GrainBatch(sent);
            GrainWrite write = sent.ToWrite();
            StoreEnd? end = await Silo.All.Storage.CallAsync(Silo, () => _stored.Store(write));
            if (IsEnded) return;
            if (end?.Tag is { } tag && ready <= _queue.Count)
            {
                _batch.Tag = tag;
                _failures = 0;
            }
            else
            {
                Silo.All.Counts.Add(
                    end is null ? Happening.GrainStorageFailed : Happening.GrainConflict);
                Tell(end is null ? "does not know whether it has stored" : "has another writer");
                await AbortAndRestoreAsync(
                    end is { Tag: null }
                        ? TransactionalStatus.StorageConflict
                        : TransactionalStatus.UnknownException,
                    isInDoubt: true);
                sent.Complete(isStored: false);
                return;
            }
        }

        if (ready > 0)
        {
            (_stable, _stableSequence) = (_queue[ready - 1].State!, _queue[ready - 1].Sequence);
            _queue.RemoveRange(0, ready);
            _storage.Notify();
        }

        if (sent is null) return;

        sent.Complete(isStored: true);
        _storage.Notify();
    }

    /// <summary>What can end now goes into the next write.</summary>
    private void Collect(int count)
    {
        foreach (GrainRecord each in _queue.Take(count))
        {
            switch (each.Role)
            {
                case CommitRole.Local:
                    CommitLocally(each);
                    break;
                case CommitRole.Remote when each.Confirming is { } confirming:
                    _batch.Confirm(each.Sequence);
                    _batch.FollowUp(isStored =>
                    {
                        if (isStored) Wake(confirming, true);
                    });
                    break;
                case CommitRole.ReadOnly:
                    _batch.Read(each.Time);
                    _batch.FollowUp(isStored =>
                    {
                        if (isStored) Wake(each.ForAgent, new StatusAnswer(TransactionalStatus.Ok));
                    });
                    break;
            }
        }
    }

    private void CommitLocally(GrainRecord record)
    {
        var note = new CommitNote(record.Time, record.Writers);
        _batch.Prepare(new PendingState(
            record.Sequence, record.Id, record.Time, Manager: null, record.State!));
        _batch.Commit(record.Id, note);
        _batch.Confirm(record.Sequence);
        _batch.FollowUp(isStored =>
        {
            if (isStored) Wake(record.ForAgent, new StatusAnswer(TransactionalStatus.Ok));
        });
        if (record.Writers.Count == 1)
        {
            _batch.Collect(record.Id);
            return;
        }

        _batch.FollowUp(isStored =>
        {
            if (isStored) BeginToConfirm(record.Id, note);
        });
    }

    /// <summary>Sends what the first one needs, and ends what it waits for too long.</summary>
    private void CheckProgress()
    {
        if (_queue.Count == 0) return;

        GrainRecord first = _queue[0];
        if (first.Role == CommitRole.Local)
        {
            long patience = first.WaitingSince + PrepareTimeout;
            if (patience > Now)
            {
                _storage.NotifyAt(patience);
                return;
            }

            AbortFrom(0, TransactionalStatus.PrepareTimeout);
            _lock.Notify();
        }
        else if (first is { IsPersisted: true, LastSent: null })
        {
            SendVote(first, TransactionalStatus.Ok);
            first.LastSent = Now;
            if (first.IsReadOnly)
                _storage.Notify();
            else
                _storage.NotifyAt(first.NextPing(PingFrequency, FirstRecoveryPing));
        }
        else if (first is { IsReadOnly: false, LastSent: not null })
        {
            if (first.NextPing(PingFrequency, FirstRecoveryPing) <= Now)
            {
                Silo.All.Grains!.SendToManager(
                    Silo,
                    first.Manager!,
                    new VirtualVote(first.Id, first.Time, Self, Vote: null, first.IsRestored));
                first.LastSent = Now;
                first.Pings++;
            }

            _storage.NotifyAt(first.NextPing(PingFrequency, FirstRecoveryPing));
        }
    }

    private async Task<bool> AbortAndRestoreAsync(TransactionalStatus status, bool isInDoubt)
        => await (_ready = AbortAndRestoreOnceAsync(status, isInDoubt));

    private async Task<bool> AbortAndRestoreOnceAsync(TransactionalStatus status, bool isInDoubt)
    {
        AbortExecuting();
        AbortQueued();
        foreach (GrainRecord each in _queue)
        {
            if (!isInDoubt)
                TellAbort(each, status);
            else if (each.Confirming is { } confirming)
                Wake(confirming, false);
            else
                Wake(each.ForAgent, null);
        }

        _queue.Clear();
        if (++_failures >= MostFailures || status == TransactionalStatus.StorageConflict)
            Post(0, End);
        GrainBatch before = _batch;
        bool isRestored = await RestoreAsync();
        if (isRestored) before.Complete(isStored: false);
        return isRestored;
    }

    /// <summary>
    /// Tells those that have written that the transaction is committed, until all have answered.
    /// </summary>
    private void BeginToConfirm(Guid id, CommitNote note)
    {
        if (_unconfirmed.Add(id)) Silo.All.Time.Go(() => ConfirmAllAsync(id, note));
    }

    private async Task ConfirmAllAsync(Guid id, CommitNote note)
    {
        List<Party> left = [.. note.Writers.Where(each => each != Self)];
        if (Silo.All.Time.IsTold) Tell($"confirms {Silo.All.NameOf(id)}");
        while (left.Count > 0)
        {
            Party[] asked = [.. left];
            bool[] answers = await Task.WhenAll(asked.Select(each =>
                Silo.All.Grains!.ConfirmAsync(Silo, each, id, note.Time)));
            if (IsEnded) return;

            left.RemoveAll(each => answers[Array.IndexOf(asked, each)]);
            if (left.Count > 0) await DelayAsync(ConfirmationRetryDelay);
        }

        while (!await TryForgetAsync(id))
            await DelayAsync(ConfirmationRetryDelay);
    }

    private async Task<bool> TryForgetAsync(Guid id)
    {
        var stored = new TaskCompletionSource<bool>();
        _batch.Collect(id);
        _batch.FollowUp(isStored =>
        {
            if (isStored) _unconfirmed.Remove(id);
            Wake(stored, isStored);
        });
        _storage.Notify();
        return await stored.Task;
    }

    private Task DelayAsync(long delay)
    {
        var over = new TaskCompletionSource();
        Post(delay, over.SetResult);
        return over.Task;
    }
}
