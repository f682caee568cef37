using Memento.Locks;
using static Memento.Tests.Locks.LockScene;

namespace Memento.Tests.Locks;

public sealed class LockUpgradeTests
{
    private readonly LockScene _scene = new();

    [Fact]
    public void The_only_reader_becomes_a_writer_at_once()
    {
        LockOwner owner = _scene.Transaction(1);
        _scene.Grant(owner, OneRecord, LockKind.Read);
        _scene.Grant(owner, OneRecord, LockKind.Write);

        _scene.Refuse(_scene.Transaction(2), OneRecord, LockKind.Read);
    }

    [Fact]
    public void A_writer_needs_nothing_more_to_read()
    {
        LockOwner owner = _scene.Transaction(1);
        _scene.Grant(owner, OneRecord, LockKind.Write);
        _scene.Grant(owner, OneRecord, LockKind.Read);

        Assert.Equal(LockKind.Write, _scene.Manager.KindsHeldBy(owner, OneRecord));
    }

    [Fact]
    public void One_that_reads_all_and_writes_some_lets_others_read_some()
    {
        LockOwner owner = _scene.Transaction(1);
        _scene.Grant(owner, LockResource.Partition, LockKind.Read);
        _scene.Grant(owner, LockResource.Partition, LockKind.IntentionWrite);

        LockOwner other = _scene.Transaction(2);
        _scene.Grant(other, LockResource.Partition, LockKind.IntentionRead);
        _scene.Refuse(other, LockResource.Partition, LockKind.Read);
        _scene.Refuse(other, LockResource.Partition, LockKind.IntentionWrite);
    }

    [Fact]
    public void Of_two_readers_that_both_want_to_write_the_younger_gives_up()
    {
        LockOwner older = _scene.Transaction(1);
        LockOwner younger = _scene.Transaction(2);
        _scene.Grant(older, OneRecord, LockKind.Read);
        _scene.Grant(younger, OneRecord, LockKind.Read);
        LockRequest upgrade = _scene.Queue(older, OneRecord, LockKind.Write);

        _scene.Refuse(younger, OneRecord, LockKind.Write);
        _scene.Release(younger);

        Assert.Equal([upgrade], _scene.Resumed);
        Assert.Equal(LockRequestState.Granted, upgrade.State);
    }

    [Fact]
    public void An_upgrade_goes_ahead_of_older_ones_that_wait()
    {
        LockOwner holder = _scene.Transaction(5);
        _scene.Grant(holder, OneRecord, LockKind.Read);
        LockRequest writer = _scene.Queue(_scene.Transaction(1), OneRecord, LockKind.Write);

        _scene.Grant(holder, OneRecord, LockKind.Write);

        Assert.Empty(_scene.Resumed);
        Assert.Equal(LockRequestState.Waiting, writer.State);
        _scene.Release(holder);
        Assert.Equal([writer], _scene.Resumed);
    }

    [Fact]
    public void An_upgrade_waits_behind_those_that_do_not_wait_for_it()
    {
        LockOwner holder = _scene.Transaction(9);
        LockOwner upgrading = _scene.Transaction(4);
        _scene.Grant(holder, LockResource.Partition, LockKind.IntentionWrite);
        _scene.Grant(upgrading, LockResource.Partition, LockKind.IntentionRead);
        LockRequest scan = _scene.Queue(
            _scene.Transaction(5), LockResource.Partition, LockKind.Read);

        LockRequest upgrade = _scene.Queue(
            upgrading, LockResource.Partition, LockKind.IntentionWrite);
        _scene.Release(holder);

        Assert.Equal([scan], _scene.Resumed);
        _scene.Release(scan.Owner);
        Assert.Equal([upgrade], _scene.Resumed);
    }

    [Fact]
    public void Transactions_that_read_one_record_and_then_write_do_not_starve_an_old_scan()
    {
        LockOwner first = _scene.Transaction(5);
        _scene.Grant(first, LockResource.Partition, LockKind.IntentionWrite);
        LockOwner second = _scene.Transaction(6);
        _scene.Grant(second, LockResource.Partition, LockKind.IntentionRead);
        LockRequest scan = _scene.Queue(
            _scene.Transaction(1), LockResource.Partition, LockKind.Read);

        // It went ahead once, and with such transactions one after the other the scan never came.
        _scene.Refuse(second, LockResource.Partition, LockKind.IntentionWrite);
        _scene.Release(first);

        Assert.Equal([scan], _scene.Resumed);
    }

    [Fact]
    public void An_upgrade_that_is_refused_refuses_nobody()
    {
        LockOwner upgrading = _scene.Transaction(4);
        _scene.Grant(upgrading, LockResource.Partition, LockKind.IntentionRead);
        _scene.Grant(_scene.Transaction(1), LockResource.Partition, LockKind.IntentionRead);
        _scene.Grant(_scene.Transaction(9), LockResource.Partition, LockKind.IntentionWrite);
        LockRequest waiting = _scene.Queue(
            _scene.Transaction(5), LockResource.Partition, LockKind.Read);

        _scene.Refuse(upgrading, LockResource.Partition, LockKind.Write);

        Assert.Empty(_scene.Resumed);
        Assert.Equal(LockRequestState.Waiting, waiting.State);
    }
}
