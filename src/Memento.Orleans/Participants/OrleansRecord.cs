using Memento.Messages;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Participants;

/// <summary>
/// Orleans' own record of a transaction whose body runs in this process. It has a branch for each
/// flow of control in which Orleans learned of the transaction. The results of grain calls are in
/// the branches.
/// </summary>
internal sealed class OrleansRecord(TransactionInfo info)
{
    /// <summary>
    /// The value of <see cref="TransactionInfo.PendingCalls"/> after a transaction of ours has
    /// ended. Code that it left running still has it as ambient transaction, but is in no
    /// transaction any more.
    /// </summary>
    private const int Ended = int.MinValue / 2;

    private readonly Lock _gate = new();
    private readonly List<TransactionInfo> _branches = [];
    private int _joinedBranches;
    private bool? _hasLeftCalls;

    /// <summary>Orleans' record, which is ended with the transaction.</summary>
    public TransactionInfo Info { get; } = info;

    /// <summary>
    /// Whether a grain call had not returned when the body ended, so that its messages may be late.
    /// </summary>
    public bool HasLeftCalls
    {
        get
        {
            lock (_gate)
                return _hasLeftCalls ?? !AllAreBack();
        }
    }

    /// <summary>Whether an ambient transaction has ended.</summary>
    public static bool HasEnded(TransactionInfo info) => info.PendingCalls < Ended / 2;

    /// <summary>
    /// Whether participants of others have taken part, as far as the calls that have returned say.
    /// </summary>
    public bool HasForeign
    {
        get
        {
            lock (_gate)
            {
                return _branches.Append(Info)
                    .SelectMany(static each => ReturnedCalls.Of(each).Prepend(each))
                    .Any(static each => each.Participants.Keys.Any(
                        static participant => !OrleansParticipant.IsOurs(participant)));
            }
        }
    }

    /// <summary>
    /// Whether it is this record or a branch of it, and not that of a grain call.
    /// </summary>
    public bool Has(TransactionInfo info)
    {
        lock (_gate)
            return ReferenceEquals(info, Info) || _branches.Contains(info);
    }

    /// <summary>
    /// How often participants of others have written, by the calls that have returned.
    /// </summary>
    /// <param name="isComplete">Whether all calls have returned.</param>
    public int CountForeignWrites(out bool isComplete)
    {
        lock (_gate)
        {
            // Before the count: a call that returns after this may not be counted.
            isComplete = AllAreBack();
            return _branches.Append(Info).Sum(OrleansParticipant.CountForeignWrites);
        }
    }

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

    /// <summary>Sets the age that grain calls take with them.</summary>
    public void SetAge(long startTicks)
    {
        lock (_gate)
        {
            foreach (TransactionInfo each in _branches.Append(Info))
                each.Priority = new DateTime(startTicks, DateTimeKind.Utc);
        }
    }

    /// <summary>The partitions that grain calls have reported until now.</summary>
    /// <param name="isComplete">Whether all calls have returned.</param>
    public IReadOnlyCollection<ParticipantId> FindPartitions(out bool isComplete)
    {
        HashSet<ParticipantId> found = new(ParticipantId.Comparer);
        lock (_gate)
        {
            // Before the search: a call that returns after this may not be found.
            isComplete = AllAreBack();
            foreach (TransactionInfo each in _branches.Append(Info).SelectMany(
                static each => ReturnedCalls.Of(each).Prepend(each)))
            {
                found.UnionWith(each.Participants.Keys.Where(OrleansParticipant.IsOurs));
            }
        }

        return found;
    }

    /// <summary>
    /// Joins all branches, for the end. A branch with a running call stays open, and so fails the
    /// transaction; the results of its other calls are dropped with it.
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
    /// Marks the transaction as ended, for code that the body left running with it as ambient
    /// transaction.
    /// </summary>
    public void MarkEnded()
    {
        lock (_gate)
        {
            // Before the end, because an ended record has no count of its calls.
            _hasLeftCalls ??= !AllAreBack();
            foreach (TransactionInfo each in _branches.Append(Info))
                each.PendingCalls = Ended;
        }
    }

    /// <summary>Until it is joined, a branch counts as a call of the record itself.</summary>
    private bool AllAreBack()
        => ReturnedCalls.CountRunning(Info) == _branches.Count - _joinedBranches
            && _branches.TrueForAll(static branch => ReturnedCalls.CountRunning(branch) == 0);
}

/// <summary>
/// The writes of grains in other processes for a body of this process. Only Orleans knows them, and
/// only after the calls have ended.
/// </summary>
internal sealed class GrainWrites(OrleansRecord record)
{
    private readonly Lock _gate = new();
    private readonly List<RollbackRequest> _maybeLate = [];

    /// <summary>Undoes their writes under a savepoint.</summary>
    public Task RollbackAsync(RollbackRequest request)
    {
        IReadOnlyCollection<ParticipantId> participants;
        lock (_gate)
        {
            participants = record.FindPartitions(out bool isComplete);

            // A running call may still write under the savepoint.
            if (!isComplete) _maybeLate.Add(request);
        }

        return Task.WhenAll(participants.Select(each =>
            each.Reference.AsReference<IIndexGrain>().RollbackAsync(request)));
    }

    /// <summary>
    /// Undoes the writes again of calls that were running when their savepoint was given up. For a
    /// body that has ended.
    /// </summary>
    public async Task RollbackLateAsync()
    {
        foreach (RollbackRequest request in _maybeLate.ToArray())
            await RollbackAsync(request).ConfigureAwait(false);
    }
}
