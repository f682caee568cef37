using Memento.Keys;
using Memento.Locks;
using static Memento.Tests.Locks.LockScene;

namespace Memento.Tests.Locks;

public sealed class LockReleaseTests
{
    private readonly LockScene _scene = new();

    [Fact]
    public void A_manager_is_idle_before_its_first_lock_and_after_its_last()
    {
        Assert.True(_scene.Manager.IsIdle);
        LockOwner owner = _scene.Transaction(1);
        _scene.Grant(owner, LockResource.Partition, LockKind.IntentionWrite);
        _scene.Grant(owner, OneRecord, LockKind.Write);
        Assert.False(_scene.Manager.IsIdle);
        Assert.Equal(2, _scene.Manager.HeldCount);

        _scene.Release(owner);

        Assert.True(_scene.Manager.IsIdle);
        Assert.Empty(_scene.Locks());
    }

    [Fact]
    public void The_release_of_one_that_has_nothing_does_nothing()
    {
        LockOwner owner = _scene.Transaction(1);
        _scene.Release(owner);
        _scene.Grant(owner, OneRecord, LockKind.Write);
        _scene.Release(owner);
        _scene.Release(owner);

        Assert.True(_scene.Manager.IsIdle);
    }

    [Fact]
    public void The_release_of_a_waiter_frees_those_behind_it()
    {
        LockOwner holder = _scene.Transaction(9);
        _scene.Grant(holder, OneRecord, LockKind.Read);
        LockRequest writer = _scene.Queue(_scene.Transaction(5), OneRecord, LockKind.Write);
        LockRequest reader = _scene.Queue(_scene.Transaction(4), OneRecord, LockKind.Read);

        _scene.Release(writer.Owner);

        Assert.Equal([writer, reader], _scene.Resumed);
        Assert.Equal(LockRequestState.Released, writer.State);
        Assert.Equal(LockRequestState.Granted, reader.State);
    }

    [Fact]
    public void A_cancelled_wait_frees_those_behind_it()
    {
        LockOwner holder = _scene.Transaction(9);
        _scene.Grant(holder, OneRecord, LockKind.Read);
        LockRequest writer = _scene.Queue(_scene.Transaction(5), OneRecord, LockKind.Write);
        LockRequest reader = _scene.Queue(_scene.Transaction(4), OneRecord, LockKind.Read);

        Assert.True(_scene.Cancel(writer));

        Assert.Equal([reader], _scene.Resumed);
        Assert.Equal(LockRequestState.Cancelled, writer.State);
    }

    [Fact]
    public void A_wait_that_has_ended_cannot_be_cancelled()
    {
        LockOwner holder = _scene.Transaction(9);
        _scene.Grant(holder, OneRecord, LockKind.Write);
        LockRequest request = _scene.Queue(_scene.Transaction(5), OneRecord, LockKind.Write);
        _scene.Release(holder);

        Assert.False(_scene.Cancel(request));
        Assert.Equal(LockRequestState.Granted, request.State);
    }

    [Fact]
    public void A_waiting_request_says_whom_it_waits_for()
    {
        LockOwner holder = _scene.Transaction(9);
        _scene.Grant(holder, OneRecord, LockKind.Write);
        LockRequest request = _scene.Queue(_scene.Transaction(5), OneRecord, LockKind.Read);
        var blocker = new LockConflict(
            OneRecord, LockKind.Read, holder.TransactionId, LockKind.Write, false);

        Assert.Equal(blocker, _scene.Manager.FindBlocker(request));

        _scene.Release(holder);
        Assert.Null(_scene.Manager.FindBlocker(request));
    }

    [Fact]
    public void The_picture_of_the_locks_has_holders_and_the_queue_in_order()
    {
        LockOwner holder = _scene.Transaction(9);
        _scene.Grant(holder, LockResource.Partition, LockKind.IntentionRead);
        _scene.Grant(holder, OneRecord, LockKind.Read);
        LockOwner first = _scene.Queue(_scene.Transaction(5), OneRecord, LockKind.Write).Owner;
        LockOwner second = _scene.Queue(_scene.Transaction(4), OneRecord, LockKind.Read).Owner;

        Assert.Equal(
            [
                new(LockResource.Partition, LockKind.IntentionRead, holder.TransactionId, false),
                new(OneRecord, LockKind.Read, holder.TransactionId, false),
                new(OneRecord, LockKind.Write, first.TransactionId, true)
                {
                    BlockedBy = holder.TransactionId,
                },
                new(OneRecord, LockKind.Read, second.TransactionId, true)
                {
                    BlockedBy = first.TransactionId,
                },
            ],
            _scene.Locks());
    }

    [Theory]
    [InlineData(LockPool.SpareLimit - 1)]
    [InlineData(LockPool.SpareLimit + 1)]
    [InlineData(LockManager.EmptyCapacityLimit + 1)]
    public void A_transaction_of_many_locks_leaves_nothing_behind(int count)
    {
        for (int round = 0; round < 2; round++)
        {
            LockOwner owner = _scene.Transaction(1);
            for (int number = 0; number < count; number++)
            {
                LockResource record = LockResource.Record(new Key(BitConverter.GetBytes(number)));
                _scene.Grant(owner, record, LockKind.Read);
                _scene.Grant(owner, record, LockKind.Write);
            }

            Assert.Equal(count, _scene.Manager.HeldCount);
            _scene.Release(owner);
            Assert.True(_scene.Manager.IsIdle);
        }
    }

    [Fact]
    public void A_lock_that_is_taken_again_allocates_nothing()
    {
        LockOwner owner = _scene.Transaction(1);
        TakeAndRelease(owner, 10);

        long before = GC.GetAllocatedBytesForCurrentThread();
        TakeAndRelease(owner, 1_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void An_owner_has_the_locks_of_one_partition()
    {
        LockOwner owner = _scene.Transaction(1);
        _scene.Grant(owner, OneRecord, LockKind.Read);

        var other = new LockScene();
        Assert.Throws<Memento.Invariants.BrokenInvariantException>(
            () => other.Acquire(owner, OneRecord, LockKind.Read));
    }

    private void TakeAndRelease(LockOwner owner, int rounds)
    {
        List<LockRequest> resumed = _scene.Resumed;
        for (int round = 0; round < rounds; round++)
        {
            _scene.Manager.Acquire(
                owner, LockResource.Partition, LockKind.IntentionWrite, resumed, out _, out _);
            _scene.Manager.Acquire(owner, OneRecord, LockKind.Write, resumed, out _, out _);
            _scene.Manager.Release(owner, resumed);
        }
    }
}
