using System.Diagnostics.CodeAnalysis;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Tests.Clusters.Simulation.Grains;

/// <content>The lock, by the steps of Orleans' <c>ReadWriteLock</c>.</content>
internal sealed partial class VirtualGrain
{
    private const int LargestGroup = 20;

    // The first one has the lock.
    private readonly List<LockGroup> _groups = [];

    private LockGroup? Current => _groups.Count > 0 ? _groups[0] : null;

    /// <summary>Reads the list, or appends to it; no answer: it has failed.</summary>
    public async Task<GrainAnswer?> UseAsync(GrainCall call)
    {
        if (!await ReadyAsync()) return null;

        bool isRead = call.Appended is null;
        bool hasRolledBack = false;
        if (TryFind(call.Id, isRead, out LockGroup group, out GrainRecord? record))
        {
            // It may have lost some uses.
            if (call.Known.Reads > record.Reads || call.Known.Writes > record.Writes) return null;
            if (HasConflict(isRead, call.Priority, call.Id, group, out bool isResolvable))
            {
                if (!isResolvable) return null;

                foreach (Guid each in group.Keys.Where(each => each != call.Id).ToArray())
                    BreakLock(each);
                hasRolledBack = true;
            }
        }
        else
        {
            if (call.Known.Reads + call.Known.Writes > 0) return null;
            if (group == Current) group.Deadline = Now + LockTimeout;
            record = new GrainRecord(call.Id)
            {
                Priority = call.Priority,
                Deadline = Now + LockAcquireTimeout,
            };
            group.Add(call.Id, record);
            group.Filled++;
        }

        var done = new TaskCompletionSource<GrainAnswer?>();
        if (group == Current)
            Wake(done, Perform(call));
        else
            group.Waiting.Add(() => Wake(done, Perform(call)));

        if (isRead)
            record.Reads++;
        else
            record.Writes++;
        if (hasRolledBack)
            _lock.Notify();
        else if (group.Deadline is { } deadline)
            _lock.NotifyAt(deadline);
        return await done.Task;
    }

    /// <summary>Null: it has lost its lock.</summary>
    private GrainAnswer? Perform(GrainCall call)
    {
        if (Current?.TryGetValue(call.Id, out GrainRecord? record) != true) return null;

        record!.Time = _clock.MergeUtcNow(Stamp(call.Time)).Ticks;
        if (record.State is null) (record.State, record.Sequence) = MostRecent();
        int[] before = record.State;
        if (call.Appended is { } value)
        {
            if (!record.HasCopied) record.Sequence++;
            record.HasCopied = true;
            record.State = [.. before, value];
        }

        return new GrainAnswer(before, record.Time);
    }

    private (int[] State, long Sequence) MostRecent()
        => _queue.Count == 0
            ? (_stable, _stableSequence)
            : (_queue[^1].State!, _queue[^1].Sequence);

    private (TransactionalStatus Status, GrainRecord Record) Validate(
        Guid id, AccessCounter count)
    {
        if (Current?.TryGetValue(id, out GrainRecord? record) != true)
            return (TransactionalStatus.BrokenLock, new GrainRecord(id));
        if (record!.Reads == count.Reads && record.Writes == count.Writes)
            return (TransactionalStatus.Ok, record);

        BreakLock(id);
        return (TransactionalStatus.LockValidationFailed, record);
    }

    /// <summary>Nobody is told.</summary>
    private void RollBack(Guid id) => Current?.Remove(id);

    private void BreakLock(Guid id)
    {
        if (Current?.Remove(id, out GrainRecord? record) == true)
            TellAbort(record!, TransactionalStatus.BrokenLock);
    }

    private void AbortExecuting()
    {
        if (Current is not { } current) return;

        foreach (GrainRecord each in current.Values.ToArray())
            TellAbort(each, TransactionalStatus.BrokenLock);
        current.Reset();
    }

    private void AbortQueued()
    {
        foreach (LockGroup each in _groups.Skip(1).ToArray())
        {
            // None of them is in the group that has the lock: they fail.
            foreach (Action waiting in each.Waiting)
                waiting();
            each.Clear();
        }

        if (_groups.Count > 1) _groups.RemoveRange(1, _groups.Count - 1);
    }

    private Task WorkOnLock()
    {
        if (Current is not { } current) return Task.CompletedTask;

        if (current.Count == 0)
        {
            EnterNext();
        }
        else if (FindExits(current) is { Count: > 0 } exits)
        {
            foreach (GrainRecord each in exits)
                current.Remove(each.Id);
            foreach (GrainRecord each in exits)
                Enqueue(each);
            _lock.Notify();
            _storage.Notify();
        }
        else if (current.Deadline < Now)
        {
            Tell("breaks the lock of those that have it for too long");
            AbortExecuting();
            _lock.Notify();
        }
        else if (current.Deadline is { } deadline)
        {
            _lock.NotifyAt(deadline);
        }

        return Task.CompletedTask;
    }

    private void EnterNext()
    {
        _groups.RemoveAt(0);
        if (Current is not { } next) return;

        next.Deadline = Now + LockTimeout;
        foreach (GrainRecord each in next.Values.Where(each => Now > each.Deadline).ToArray())
            next.Remove(each.Id);
        foreach (Action each in next.Waiting)
            each();
        _lock.Notify();
    }

    /// <summary>
    /// Those that leave the lock: all that were asked to commit, and are before the others.
    /// </summary>
    private static List<GrainRecord> FindExits(LockGroup current)
    {
        long earliest = long.MaxValue;
        foreach (GrainRecord each in current.Values)
        {
            if (each.Role == CommitRole.Open) earliest = Math.Min(earliest, each.Time);
        }

        return
        [
            .. current.Values
                .Where(each => each.Role != CommitRole.Open && each.Time < earliest)
                .OrderBy(static each => each.Time),
        ];
    }

    private bool TryFind(
        Guid id, bool isRead, out LockGroup group, [NotNullWhen(true)] out GrainRecord? record)
    {
        LockGroup? free = null;
        foreach (LockGroup each in _groups)
        {
            if (each.TryGetValue(id, out record))
            {
                group = each;
                return true;
            }

            if (free is null && each.Filled < LargestGroup
                && !HasConflict(isRead, long.MaxValue, id, each, out _))
            {
                free = each;
            }
        }

        if (free is null) _groups.Add(free = new LockGroup());
        group = free;
        record = null;
        return false;
    }

    private static bool HasConflict(
        bool isRead, long priority, Guid id, LockGroup group, out bool isResolvable)
    {
        isResolvable = false;
        foreach (GrainRecord each in group.Values)
        {
            if (each.Id == id || (isRead && each.Writes == 0)) continue;
            if (priority > each.Priority)
            {
                isResolvable = false;
                return true;
            }

            isResolvable = true;
        }

        return isResolvable;
    }
}
