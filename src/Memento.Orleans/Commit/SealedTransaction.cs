using Memento.Commit.Spanning;
using Memento.Messages;
using Memento.Participants;

namespace Memento.Commit;

/// <summary>A transaction that is sealed here.</summary>
internal sealed class SealedTransaction(
    SealRequest request,
    TransactionState state,
    List<LocalParticipant> parts,
    bool isOwn,
    long sealedAt)
{
    private long _heardAt = sealedAt;
    private int _isLooking;

    public Lock Gate { get; } = new();

    public SealRequest Request { get; } = request;

    public TransactionState State { get; } = state;

    public List<LocalParticipant> Parts { get; } = parts;

    /// <summary>Whether the coordinator is in this silo, so that it needs no looking.</summary>
    public bool IsOwn { get; } = isOwn;

    public SpanningMember Member { get; } = new(request.Decider);

    /// <summary>When it was sealed, or the coordinator was heard last.</summary>
    public long HeardAt
    {
        get => Volatile.Read(ref _heardAt);
        set => Volatile.Write(ref _heardAt, value);
    }

    public bool TryBeginLook() => Interlocked.Exchange(ref _isLooking, 1) == 0;

    public void EndLook() => Volatile.Write(ref _isLooking, 0);
}
