using Memento.Keys;
using Memento.Locks;

namespace Memento.Tests.Locks;

/// <summary>A lock manager and the words that the tests need to speak about it.</summary>
internal sealed class LockScene
{
    private int _transactions;

    public static LockResource OneRecord { get; } = LockResource.Record(new Key([1]));

    public static LockResource OtherRecord { get; } = LockResource.Record(new Key([2]));

    public LockManager Manager { get; } = new();

    /// <summary>What the last call resumed.</summary>
    public List<LockRequest> Resumed { get; } = [];

    public LockConflict? Conflict { get; private set; }

    /// <summary>A transaction; the smaller its number, the older it is.</summary>
    public LockOwner Transaction(long age)
        => new(
            new Guid(++_transactions, 0, 0, new byte[8]),
            new TransactionAge(age, new Guid((int)age, 0, 0, new byte[8])));

    public LockAnswer Acquire(LockOwner owner, LockResource resource, LockKind kind)
        => Acquire(owner, resource, kind, out _);

    public void Grant(LockOwner owner, LockResource resource, LockKind kind)
        => Assert.Equal(LockAnswer.Granted, Acquire(owner, resource, kind));

    public LockRequest Queue(LockOwner owner, LockResource resource, LockKind kind)
    {
        Assert.Equal(LockAnswer.Waiting, Acquire(owner, resource, kind, out LockRequest? request));
        Assert.NotNull(request);
        Assert.Equal(LockRequestState.Waiting, request.State);
        return request;
    }

    public LockConflict Refuse(LockOwner owner, LockResource resource, LockKind kind)
    {
        Assert.Equal(LockAnswer.Refused, Acquire(owner, resource, kind));
        Assert.NotNull(Conflict);
        return Conflict;
    }

    public void Release(LockOwner owner)
    {
        Resumed.Clear();
        Manager.Release(owner, Resumed);
    }

    public bool Cancel(LockRequest request)
    {
        Resumed.Clear();
        return Manager.Cancel(request, Resumed);
    }

    public IReadOnlyList<LockInfo> Locks()
    {
        List<LockInfo> locks = [];
        Manager.Describe(locks);
        return locks;
    }

    private LockAnswer Acquire(
        LockOwner owner, LockResource resource, LockKind kind, out LockRequest? request)
    {
        Resumed.Clear();
        LockAnswer answer = Manager.Acquire(
            owner, resource, kind, Resumed, out request, out LockConflict? conflict);
        Conflict = conflict;
        return answer;
    }
}
