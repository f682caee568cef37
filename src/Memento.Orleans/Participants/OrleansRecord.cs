using Memento.Messages;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Participants;

/// <summary>
/// Orleans' own record of a transaction whose body runs in this process, with a branch for each
/// flow of control in which Orleans came to know of it: what grain calls bring back is in the
/// branches.
/// </summary>
internal sealed class OrleansRecord(TransactionInfo info)
{
    /// <summary>
    /// Stands in <see cref="TransactionInfo.PendingCalls"/> when a transaction of ours has ended:
    /// code that it left running still has it as ambient, and is in no transaction any more.
    /// </summary>
    private const int Ended = int.MinValue / 2;

    private readonly Lock _gate = new();
    private readonly List<TransactionInfo> _branches = [];
    private int _joinedBranches;
    private bool? _hasLeftCalls;

    /// <summary>The record as it is ended.</summary>
    public TransactionInfo Info { get; } = info;

    /// <summary>
    /// Whether a grain call had not come back when the body ended: its messages may be late.
    /// </summary>
    public bool HasLeftCalls
    {
        get
        {
            lock (_gate)
                return _hasLeftCalls ?? !AllAreBack();
        }
    }

    /// <summary>Whether code finds a transaction as ambient that has ended.</summary>
    public static bool HasEnded(TransactionInfo info) => info.PendingCalls < Ended / 2;

    /// <summary>Begins a branch.</summary>
    public TransactionInfo Branch()
    {
        lock (_gate)
        {
            TransactionInfo branch = Info.Fork();
            _branches.Add(branch);
            return branch;
        }
    }

    /// <summary>Sets the age that grain calls take along.</summary>
    public void SetAge(long startTicks)
    {
        lock (_gate)
        {
            foreach (TransactionInfo each in _branches.Append(Info))
                each.Priority = new DateTime(startTicks, DateTimeKind.Utc);
        }
    }

    /// <summary>The partitions that grain calls have brought back until now.</summary>
    /// <param name="isComplete">Whether all calls have come back.</param>
    public IReadOnlyCollection<ParticipantId> FindPartitions(out bool isComplete)
    {
        HashSet<ParticipantId> found = new(ParticipantId.Comparer);
        lock (_gate)
        {
            // Before the search: what comes back after this is not found for sure.
            isComplete = AllAreBack();
            foreach (TransactionInfo each in _branches.Append(Info).SelectMany(
                static each => ReturnedCalls.Of(each).Prepend(each)))
            {
                found.UnionWith(each.Participants.Keys.Where(Participant.IsOurs));
            }
        }

        return found;
    }

    /// <summary>
    /// Brings all branches together, for the end. One with a call that is still running stays open,
    /// and so fails the transaction; what its other calls have brought back is dropped with it.
    /// </summary>
    public void JoinBranches()
    {
        lock (_gate)
        {
            foreach (TransactionInfo branch in _branches)
            {
                branch.ReconcilePending();
                if (branch.PendingCalls == 0)
                {
                    Info.Join(branch);
                    _joinedBranches++;
                    continue;
                }

                foreach ((ParticipantId participant, AccessCounter counter) in branch.Participants)
                    Info.Participants.TryAdd(participant, counter);
            }
        }
    }

    /// <summary>
    /// Tells code that the body left running, for which it is ambient, that it has ended.
    /// </summary>
    public void MarkEnded()
    {
        lock (_gate)
        {
            // Only now: an ended record has no count of its calls.
            _hasLeftCalls ??= !AllAreBack();
            foreach (TransactionInfo each in _branches.Append(Info))
                each.PendingCalls = Ended;
        }
    }

    /// <summary>A branch is a call of the record itself until it is joined.</summary>
    private bool AllAreBack()
        => ReturnedCalls.CountRunning(Info) == _branches.Count - _joinedBranches
            && _branches.TrueForAll(static branch => ReturnedCalls.CountRunning(branch) == 0);
}

/// <summary>
/// What grains in other processes have written for a body of this one. Only Orleans knows of it,
/// and not before their calls have ended.
/// </summary>
internal sealed class GrainWrites(OrleansRecord record)
{
    private readonly Lock _gate = new();
    private readonly List<RollbackRequest> _maybeLate = [];

    /// <summary>Undoes what they wrote under a savepoint.</summary>
    public Task RollbackAsync(RollbackRequest request)
    {
        IReadOnlyCollection<ParticipantId> participants;
        lock (_gate)
        {
            participants = record.FindPartitions(out bool isComplete);

            // A call that still runs may be one that writes under the savepoint.
            if (!isComplete) _maybeLate.Add(request);
        }

        return Task.WhenAll(participants.Select(each =>
            each.Reference.AsReference<IIndexGrain>().RollbackAsync(request)));
    }

    /// <summary>
    /// Undoes again what they wrote whose calls were running when their savepoint was given up; for
    /// a body that has ended.
    /// </summary>
    public async Task RollbackLateAsync()
    {
        foreach (RollbackRequest request in _maybeLate.ToArray())
            await RollbackAsync(request).ConfigureAwait(false);
    }
}
