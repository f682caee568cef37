using Memento.Locks;
using static Memento.Tests.Locks.LockScene;

namespace Memento.Tests.Locks;

public sealed class ParallelRequestTests
{
    private readonly LockScene _scene = new();

    [Fact]
    public void Two_requests_of_one_transaction_do_not_wait_for_each_other()
    {
        LockOwner holder = _scene.Transaction(2);
        LockOwner owner = _scene.Transaction(1);
        _scene.Grant(holder, OneRecord, LockKind.Write);
        LockRequest write = _scene.Queue(owner, OneRecord, LockKind.Write);
        LockRequest read = _scene.Queue(owner, OneRecord, LockKind.Read);

        _scene.Release(holder);

        Assert.Equal([write, read], _scene.Resumed);
        Assert.Equal(LockKind.Write | LockKind.Read, _scene.Manager.KindsHeldBy(owner, OneRecord));
        Assert.Single(_scene.Locks());
    }

    [Fact]
    public void A_second_request_takes_the_place_of_the_first_in_the_queue()
    {
        LockOwner holder = _scene.Transaction(9);
        LockOwner owner = _scene.Transaction(5);
        _scene.Grant(holder, OneRecord, LockKind.Write);
        LockRequest first = _scene.Queue(owner, OneRecord, LockKind.Read);
        LockRequest older = _scene.Queue(_scene.Transaction(1), OneRecord, LockKind.Write);

        // At the end of the queue it would be refused because of an older owner that waits for it
        // anyway.
        LockRequest second = _scene.Queue(owner, OneRecord, LockKind.Read);
        _scene.Release(holder);

        Assert.Equal([first, second], _scene.Resumed);
        Assert.Equal(LockRequestState.Waiting, older.State);
    }

    [Fact]
    public void A_second_request_refuses_younger_ones_behind_that_conflict_with_it_alone()
    {
        LockOwner owner = _scene.Transaction(5);
        _scene.Grant(_scene.Transaction(9), LockResource.Partition, LockKind.Write);
        LockRequest read = _scene.Queue(
            _scene.Transaction(7), LockResource.Partition, LockKind.IntentionRead);
        LockRequest writeSome = _scene.Queue(
            owner, LockResource.Partition, LockKind.IntentionWrite);
        LockRequest scan = _scene.Queue(
            _scene.Transaction(1), LockResource.Partition, LockKind.Read);
        LockRequest younger = _scene.Queue(
            _scene.Transaction(6), LockResource.Partition, LockKind.IntentionRead);

        LockRequest writeAll = _scene.Queue(owner, LockResource.Partition, LockKind.Write);

        Assert.Equal([younger], _scene.Resumed);
        Assert.Equal(LockRequestState.Refused, younger.State);
        Assert.Equal(
            new LockConflict(
                LockResource.Partition,
                LockKind.IntentionRead,
                owner.TransactionId,
                LockKind.Write,
                true),
            younger.Conflict);
        Assert.All(
            [read, writeSome, scan, writeAll],
            request => Assert.Equal(LockRequestState.Waiting, request.State));
    }

    [Fact]
    public void The_release_of_a_transaction_ends_all_its_requests_and_grants_it_none()
    {
        LockOwner holder = _scene.Transaction(9);
        LockOwner owner = _scene.Transaction(5);
        _scene.Grant(owner, OneRecord, LockKind.Read);
        _scene.Grant(holder, OneRecord, LockKind.Read);
        LockRequest write = _scene.Queue(owner, OneRecord, LockKind.Write);
        _scene.Grant(holder, OtherRecord, LockKind.Write);
        LockRequest read = _scene.Queue(owner, OtherRecord, LockKind.Read);

        _scene.Release(owner);

        Assert.Equal([read, write], _scene.Resumed);
        Assert.All(
            _scene.Resumed, request => Assert.Equal(LockRequestState.Released, request.State));
        _scene.Release(holder);
        Assert.Empty(_scene.Resumed);
        Assert.True(_scene.Manager.IsIdle);
    }
}
