using Memento.Keys;
using Memento.Locks;
using static Memento.Tests.Locks.LockScene;

namespace Memento.Tests.Locks;

public sealed class WaitDieTests
{
    private readonly LockScene _scene = new();

    [Fact]
    public void Readers_share_a_record()
    {
        for (int age = 0; age < 10; age++)
            _scene.Grant(_scene.Transaction(age), OneRecord, LockKind.Read);
    }

    [Fact]
    public void Keys_of_different_stores_are_different_locks()
    {
        LockResource entry = LockResource.InSpace(KeySpace.ValuesOf(0), OneRecord.Key);

        _scene.Grant(_scene.Transaction(1), OneRecord, LockKind.Write);
        _scene.Grant(_scene.Transaction(2), entry, LockKind.Write);
        _scene.Grant(_scene.Transaction(3), OtherRecord, LockKind.Write);
    }

    [Fact]
    public void A_younger_transaction_is_refused_by_an_older_holder()
    {
        LockOwner older = _scene.Transaction(1);
        _scene.Grant(older, OneRecord, LockKind.Read);

        LockConflict conflict = _scene.Refuse(_scene.Transaction(2), OneRecord, LockKind.Write);

        Assert.Equal(
            new LockConflict(OneRecord, LockKind.Write, older.TransactionId, LockKind.Read, false),
            conflict);
    }

    [Fact]
    public void An_older_transaction_waits_for_a_younger_holder()
    {
        LockOwner younger = _scene.Transaction(2);
        _scene.Grant(younger, OneRecord, LockKind.Write);
        LockRequest request = _scene.Queue(_scene.Transaction(1), OneRecord, LockKind.Read);

        _scene.Release(younger);

        Assert.Equal([request], _scene.Resumed);
        Assert.Equal(LockRequestState.Granted, request.State);
        Assert.Equal(LockKind.Read, _scene.Manager.KindsHeldBy(request.Owner, OneRecord));
    }

    [Fact]
    public void One_older_holder_among_many_is_enough_to_refuse()
    {
        for (int age = 10; age < 20; age++)
            _scene.Grant(_scene.Transaction(age), OneRecord, LockKind.Read);
        LockOwner oldest = _scene.Transaction(1);
        _scene.Grant(oldest, OneRecord, LockKind.Read);
        for (int age = 20; age < 30; age++)
            _scene.Grant(_scene.Transaction(age), OneRecord, LockKind.Read);

        LockConflict conflict = _scene.Refuse(_scene.Transaction(5), OneRecord, LockKind.Write);

        Assert.Equal(oldest.TransactionId, conflict.Holder);
    }

    [Fact]
    public void One_older_request_anywhere_ahead_is_enough_to_refuse()
    {
        _scene.Grant(_scene.Transaction(9), LockResource.Partition, LockKind.IntentionWrite);
        LockOwner oldest = _scene.Transaction(1);
        _scene.Queue(oldest, LockResource.Partition, LockKind.Read);
        _scene.Queue(_scene.Transaction(4), LockResource.Partition, LockKind.Read);
        _scene.Queue(_scene.Transaction(6), LockResource.Partition, LockKind.Read);

        LockConflict conflict = _scene.Refuse(
            _scene.Transaction(3), LockResource.Partition, LockKind.IntentionWrite);

        Assert.Equal(oldest.TransactionId, conflict.Holder);
    }

    [Fact]
    public void A_reader_does_not_overtake_an_older_writer_that_waits()
    {
        _scene.Grant(_scene.Transaction(5), OneRecord, LockKind.Read);
        LockOwner writer = _scene.Transaction(3);
        _scene.Queue(writer, OneRecord, LockKind.Write);

        LockConflict conflict = _scene.Refuse(_scene.Transaction(4), OneRecord, LockKind.Read);

        Assert.Equal(
            new LockConflict(OneRecord, LockKind.Read, writer.TransactionId, LockKind.Write, true),
            conflict);
    }

    [Fact]
    public void An_older_reader_waits_behind_a_writer_that_waits()
    {
        LockOwner holder = _scene.Transaction(5);
        _scene.Grant(holder, OneRecord, LockKind.Read);
        LockRequest writer = _scene.Queue(_scene.Transaction(3), OneRecord, LockKind.Write);
        LockRequest reader = _scene.Queue(_scene.Transaction(2), OneRecord, LockKind.Read);

        _scene.Release(holder);
        Assert.Equal([writer], _scene.Resumed);

        _scene.Release(writer.Owner);
        Assert.Equal([reader], _scene.Resumed);
    }

    [Fact]
    public void One_that_conflicts_with_nobody_passes_those_that_wait()
    {
        _scene.Grant(_scene.Transaction(5), LockResource.Partition, LockKind.IntentionWrite);
        _scene.Queue(_scene.Transaction(3), LockResource.Partition, LockKind.Read);

        _scene.Grant(_scene.Transaction(9), LockResource.Partition, LockKind.IntentionRead);
    }

    [Fact]
    public void Readers_that_wait_are_granted_together_up_to_the_next_writer()
    {
        LockOwner holder = _scene.Transaction(9);
        _scene.Grant(holder, OneRecord, LockKind.Write);
        LockRequest first = _scene.Queue(_scene.Transaction(8), OneRecord, LockKind.Read);
        LockRequest second = _scene.Queue(_scene.Transaction(7), OneRecord, LockKind.Read);
        LockRequest writer = _scene.Queue(_scene.Transaction(6), OneRecord, LockKind.Write);
        LockRequest last = _scene.Queue(_scene.Transaction(5), OneRecord, LockKind.Read);

        _scene.Release(holder);
        Assert.Equal([first, second], _scene.Resumed);

        _scene.Release(first.Owner);
        Assert.Empty(_scene.Resumed);

        _scene.Release(second.Owner);
        Assert.Equal([writer], _scene.Resumed);

        _scene.Release(writer.Owner);
        Assert.Equal([last], _scene.Resumed);
    }

    [Fact]
    public void A_waiter_passes_those_ahead_that_it_does_not_conflict_with()
    {
        LockOwner reader = _scene.Transaction(9);
        LockOwner writer = _scene.Transaction(8);
        _scene.Grant(reader, LockResource.Partition, LockKind.IntentionRead);
        _scene.Grant(writer, LockResource.Partition, LockKind.IntentionWrite);
        _scene.Queue(_scene.Transaction(7), LockResource.Partition, LockKind.Read);
        LockRequest all = _scene.Queue(
            _scene.Transaction(6), LockResource.Partition, LockKind.Write);
        LockRequest intention = _scene.Queue(
            _scene.Transaction(5), LockResource.Partition, LockKind.IntentionRead);

        Assert.True(_scene.Cancel(all));

        Assert.Equal([intention], _scene.Resumed);
    }

    [Fact]
    public void A_second_attempt_loses_to_the_locks_that_its_first_still_holds()
    {
        LockOwner first = _scene.Transaction(1);
        LockOwner second = _scene.Transaction(1);
        _scene.Grant(first, OneRecord, LockKind.Write);
        _scene.Refuse(second, OneRecord, LockKind.Write);

        _scene.Release(first);

        _scene.Grant(second, OneRecord, LockKind.Write);
    }

    [Fact]
    public void No_two_attempts_are_each_older_than_the_other()
    {
        LockOwner first = _scene.Transaction(1);
        LockOwner second = _scene.Transaction(1);
        LockOwner younger = _scene.Transaction(2);

        Assert.True(first.IsOlderThan(second));
        Assert.False(second.IsOlderThan(first));
        Assert.False(first.IsOlderThan(first));
        Assert.True(second.IsOlderThan(younger));
        Assert.False(younger.IsOlderThan(first));
    }
}
