using Memento.Keys;
using Memento.Messages;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tables;

namespace Memento.Participants;

/// <content>
/// Writes that are kept back: their caller has the answer, because the transaction holds every lock
/// that they need. They leave with the next operation, in the order of the calls, or else with the
/// seal.
/// </content>
internal sealed partial class OperationOutbox
{
    /// <summary>What a write adds to a message besides its key and its document, about.</summary>
    private const int BytesBeside = 64;

    private readonly List<OperationCall> _keptUnderWay = [];
    private LockedKeys? _locked;
    private int _uncounted;

    /// <summary>
    /// How many writes have an answer and were not carried out in the partition, which does not
    /// count them.
    /// </summary>
    public int Uncounted
    {
        get
        {
            lock (_gate)
                return _uncounted;
        }
    }

    /// <summary>Whether writes are kept back, or were and have no answer yet.</summary>
    public bool HasKept
    {
        get
        {
            lock (_gate)
                return _keptUnderWay.Count > 0 || _collected.Exists(static call => call.IsKept);
        }
    }

    /// <summary>
    /// Keeps a write back, if it needs no lock that the transaction does not have, and its answer
    /// is known. Where operations are about to leave, it leaves with them instead, and its caller
    /// waits as theirs do.
    /// </summary>
    /// <param name="write">The write, packed.</param>
    /// <param name="savepoint">Its savepoint; null: none.</param>
    /// <param name="answer">The answer for the caller.</param>
    public bool TryKeep(Operation<bool> write, Savepoint? savepoint, out bool answer)
    {
        answer = false;
        lock (_gate)
        {
            if (_asked > 0 || _locked is null || write is not IKeyOperation onKey
                || _locked.Find(onKey.Key) is not { } locked
                || _sent.Has(onKey.Key)
                || !state.MayKeepBack(savepoint)
                || locked.AnswerTo(write) is not { } known)
            {
                return false;
            }

            // Nothing is to be done where there is no record to delete.
            if (known && !TryAdd(write, savepoint, locked)) return false;

            answer = known;
            locked.HasRecord = write is WriteOperation;
            _uncounted++;
            return true;
        }
    }

    /// <summary>
    /// Takes over the entries of indexes that a read has locked for writing: those of its record.
    /// </summary>
    public void LearnEntries(Key key, object record)
    {
        IndexSet indexes;
        lock (_gate)
        {
            if (_locked?.Find(key) is not { Indexes: { All.IsEmpty: false } known }) return;

            indexes = known;
        }

        // Outside the gate: it is the code of the record type.
        byte[][] entries =
            [.. indexes.All.Select(index => index.EncodeEntry(record, key.Bytes))];
        lock (_gate)
        {
            if (_locked.Find(key) is { } locked && locked.Indexes == indexes)
                locked.Entries = entries;
        }
    }

    /// <summary>
    /// Drops what was kept back under a savepoint that was given up. Returns whether anything was
    /// sent under it.
    /// </summary>
    public bool GiveUp(Savepoint savepoint)
    {
        lock (_gate)
        {
            _locked?.ForgetRecords();
            _collected.RemoveAll(call =>
            {
                if (call is not { IsHeldBack: true, IsGivenUp: true }) return false;

                LetGo(call);
                return true;
            });
            return _lastSavepoint >= savepoint.Id;
        }
    }

    /// <summary>
    /// Takes what is still kept back, for the seal, in the order of the calls; null: nothing. For a
    /// transaction whose commit has begun, so that nothing is kept back any more.
    /// </summary>
    public IReadOnlyList<Operation<bool>>? TakeKept()
    {
        lock (_gate)
        {
            List<Operation<bool>>? taken = null;
            foreach (OperationCall call in _collected)
            {
                if (call is { IsHeldBack: true, IsGivenUp: false })
                    (taken ??= []).Add((Operation<bool>)call.Request.Operation);
            }

            _collected.RemoveAll(static call => call.IsHeldBack);
            return taken;
        }
    }

    /// <summary>Sends what is kept back, and waits until it is carried out or has failed.</summary>
    public Task SendKeptAsync()
    {
        bool isFirst;
        List<OperationCall> kept;
        lock (_gate)
        {
            kept = [.. _keptUnderWay, .. _collected.Where(static call => call.IsKept)];
            foreach (OperationCall call in _collected)
                call.IsHeldBack = false;
            _asked = _collected.Count;
            isFirst = !_isFlushing && _asked > 0;
            _isFlushing |= isFirst;
        }

        if (isFirst) _ = FlushAsync();
        return WhenAllEndedAsync(kept);
    }

    /// <summary>Waits until what has left is carried out or has failed.</summary>
    public Task WhenKeptArrivedAsync()
    {
        lock (_gate)
        {
            return _keptUnderWay.Count == 0
                ? Task.CompletedTask
                : WhenAllEndedAsync([.. _keptUnderWay]);
        }
    }

    private static async Task WhenAllEndedAsync(List<OperationCall> calls)
    {
        foreach (OperationCall each in calls)
            await each.Answered.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// Adds a write that is kept back; false if there are too many. The last of several records
    /// that are written under one key is enough, unless the table is a bag.
    /// </summary>
    private bool TryAdd(Operation<bool> write, Savepoint? savepoint, LockedKey locked)
    {
        int size = OperationCall.SizeOf(write);
        if (write is WriteOperation && table.Type != TableType.Bag
            && locked.Kept is { IsSent: false } earlier && earlier.IsOf(savepoint))
        {
            if (!state.TryTakeKeptBytes(size - earlier.Size)) return false;

            earlier.Replace(write);
            return true;
        }

        if (!state.TryTakeKeptBytes(size + BytesBeside)) return false;

        locked.Kept = new OperationCall(write, savepoint, CancellationToken.None)
        {
            IsKept = true,
            IsHeldBack = true,
        };
        _collected.Add(locked.Kept);
        return true;
    }

    /// <summary>A write is not kept back any more: it leaves, or is dropped.</summary>
    private void LetGo(OperationCall call)
    {
        state.ReturnKeptBytes(call.Size + BytesBeside);
        if (call.IsGivenUp)
        {
            if (_locked?.Find(((IKeyOperation)call.Request.Operation).Key) is { } locked
                && locked.Kept == call)
            {
                locked.Kept = null;
            }

            return;
        }

        _keptUnderWay.Add(call);
    }

    /// <summary>Takes over what the answer to an operation says of its key.</summary>
    private void Learn(OperationCall call, OperationResponse response)
    {
        if (call.IsKept)
        {
            _keptUnderWay.Remove(call);
            if (response.Error is null) _uncounted--;
        }
        else if (call.PlainIndexes is { } indexes && state.KeepsWritesBack
            && response.Answer is { } answer)
        {
            (_locked ??= new LockedKeys())
                .Learn(table, indexes, call.Request.Operation, answer, call.IsGivenUp);
        }
    }

    private void FailIfRefused(OperationCall call, OperationResponse response)
    {
        Exception? error = response.Error ?? (response.Answer is { Number: 0 }
            ? new TransactionConflictException(
                $"A record of table '{table.Name}' that the transaction has locked was deleted.")
            : null);
        if (error is not null && !call.IsGivenUp) failed(error, call);
    }
}
