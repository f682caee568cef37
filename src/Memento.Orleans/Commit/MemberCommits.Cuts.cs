using Memento.Commit.Spanning;

namespace Memento.Commit;

/// <content>What cuts over several silos need to know.</content>
internal sealed partial class MemberCommits
{
    /// <summary>
    /// How long a commit is known as one that was not decided by its coordinator.
    /// </summary>
    private static readonly TimeSpan AloneMemory = TimeSpan.FromMinutes(1);

    private readonly AgingQueue<Guid> _decidedAlone = new(AloneMemory, time);

    /// <summary>
    /// The transactions that wait here for their decisions, each with the silo that decides it;
    /// null: the others do, because that silo is dead. The latch is closed.
    /// </summary>
    public (Guid[] Ids, SiloAddress?[] Deciders) FindPending()
    {
        List<Guid> ids = [];
        List<SiloAddress?> deciders = [];
        foreach (SealedTransaction one in _sealed.Values)
        {
            lock (one.Gate)
            {
                if (!one.Member.IsWaiting) continue;

                ids.Add(one.Request.TransactionId);
                deciders.Add(one.Member.Phase == MemberPhase.Promised
                    ? null
                    : one.Request.Coordinator);
            }
        }

        return ([.. ids], [.. deciders]);
    }

    /// <summary>
    /// The transactions that were committed here lately and not by their coordinators, so that
    /// those may not know of it. The latch is closed.
    /// </summary>
    public Guid[] FindDecidedAlone() => _decidedAlone.GetAll();

    // Inside the latch, before it is applied: a cut that sees it applied finds it here.
    private void RememberAlone(Guid transactionId)
    {
        while (_decidedAlone.TryTake(out _))
        {
        }

        _decidedAlone.Add(transactionId);
    }
}
