using Memento.Keys;
using Memento.Locks;
using static Memento.Tests.Locks.RangeScene;

namespace Memento.Tests.Locks;

/// <summary>The order in which ranges and points that wait for each other are granted.</summary>
public sealed class RangeQueueTests
{
    private readonly LockScene _scene = new();

    [Fact]
    public void Writers_do_not_overtake_a_range_that_waits()
    {
        LockOwner holder = _scene.Transaction(9);
        _scene.Grant(holder, Point(2), LockKind.Write);
        LockRequest read = _scene.Queue(_scene.Transaction(4), Range(2, 5), LockKind.Read);

        LockConflict conflict = _scene.Refuse(_scene.Transaction(5), Point(3), LockKind.Write);
        LockRequest older = _scene.Queue(_scene.Transaction(1), Point(3), LockKind.Write);
        _scene.Grant(_scene.Transaction(6), Point(5), LockKind.Write);

        Assert.Equal(
            new LockConflict(
                Point(3), LockKind.Write, read.Owner.TransactionId, LockKind.Read, true),
            conflict);
        _scene.Release(holder);
        Assert.Equal([read], _scene.Resumed);
        _scene.Release(read.Owner);
        Assert.Equal([older], _scene.Resumed);
    }

    [Fact]
    public void Ranges_do_not_overtake_a_writer_that_waits()
    {
        LockOwner holder = _scene.Transaction(9);
        _scene.Grant(holder, Range(2, 5), LockKind.Read);
        LockRequest write = _scene.Queue(_scene.Transaction(4), Point(3), LockKind.Write);

        _scene.Refuse(_scene.Transaction(5), Range(3, 8), LockKind.Read);
        LockRequest older = _scene.Queue(_scene.Transaction(1), Range(3, 8), LockKind.Read);
        _scene.Grant(_scene.Transaction(6), Range(4, 8), LockKind.Read);

        _scene.Release(holder);
        Assert.Equal([write], _scene.Resumed);
        _scene.Release(write.Owner);
        Assert.Equal([older], _scene.Resumed);
    }

    [Fact]
    public void One_older_owner_anywhere_in_the_range_is_enough_to_refuse()
    {
        _scene.Grant(_scene.Transaction(8), Point(2), LockKind.Write);
        LockOwner oldest = _scene.Transaction(1);
        _scene.Grant(oldest, Point(3), LockKind.Write);
        _scene.Grant(_scene.Transaction(9), Point(4), LockKind.Write);

        LockConflict conflict = _scene.Refuse(_scene.Transaction(5), Range(2, 5), LockKind.Read);

        Assert.Equal(oldest.TransactionId, conflict.Holder);
    }

    [Fact]
    public void An_owner_of_a_range_writes_ahead_of_an_older_one_that_waits_for_the_range()
    {
        LockOwner reader = _scene.Transaction(5);
        _scene.Grant(reader, Range(2, 5), LockKind.Read);
        LockRequest write = _scene.Queue(_scene.Transaction(1), Point(3), LockKind.Write);

        _scene.Grant(reader, Point(3), LockKind.Write);

        Assert.Equal(LockRequestState.Waiting, write.State);
        _scene.Release(reader);
        Assert.Equal([write], _scene.Resumed);
    }

    [Fact]
    public void An_owner_writes_more_in_a_range_that_waits_for_it_already()
    {
        LockOwner writer = _scene.Transaction(5);
        _scene.Grant(writer, Point(2), LockKind.Write);
        LockRequest read = _scene.Queue(_scene.Transaction(1), Range(2, 5), LockKind.Read);

        _scene.Grant(writer, Point(4), LockKind.Write);

        _scene.Release(writer);
        Assert.Equal([read], _scene.Resumed);
    }

    [Fact]
    public void An_owner_reads_a_range_where_an_older_one_waits_for_it_already()
    {
        LockOwner writer = _scene.Transaction(5);
        _scene.Grant(writer, Point(3), LockKind.Write);
        LockRequest older = _scene.Queue(_scene.Transaction(1), Point(3), LockKind.Write);

        _scene.Grant(writer, Range(2, 5), LockKind.Read);

        _scene.Release(writer);
        Assert.Equal([older], _scene.Resumed);
    }

    [Fact]
    public void Writers_in_a_range_do_not_starve_an_old_writer_of_another_key_in_it()
    {
        LockOwner reader = _scene.Transaction(8);
        _scene.Grant(reader, Range(4, 5), LockKind.Read);
        LockRequest old = _scene.Queue(_scene.Transaction(1), Point(4), LockKind.Write);
        LockOwner other = _scene.Transaction(9);
        _scene.Grant(other, Point(2), LockKind.Write);

        // No request waits for its write lock, so it does not pass the old request.
        _scene.Refuse(other, Range(2, 5), LockKind.Read);

        _scene.Release(reader);
        Assert.Equal([old], _scene.Resumed);
    }

    [Fact]
    public void A_range_that_goes_ahead_refuses_younger_writers_that_would_wait_for_it()
    {
        LockOwner owner = _scene.Transaction(5);
        LockOwner reader = _scene.Transaction(9);
        _scene.Grant(owner, Point(2), LockKind.Write);
        _scene.Grant(reader, Point(4), LockKind.Read);
        LockRequest older = _scene.Queue(_scene.Transaction(1), Point(2), LockKind.Write);
        LockRequest younger = _scene.Queue(_scene.Transaction(7), Point(4), LockKind.Write);
        LockRequest behind = _scene.Queue(_scene.Transaction(6), Point(4), LockKind.Read);

        _scene.Grant(owner, Range(2, 5), LockKind.Read);

        Assert.Equal([younger, behind], _scene.Resumed);
        Assert.Equal(
            new LockConflict(
                Point(4), LockKind.Write, owner.TransactionId, LockKind.Read, false),
            younger.Conflict);
        Assert.Equal(LockRequestState.Granted, behind.State);
        Assert.Equal(LockRequestState.Waiting, older.State);
    }

    [Fact]
    public void A_cancelled_range_lets_the_writers_behind_it_go()
    {
        _scene.Grant(_scene.Transaction(9), Point(2), LockKind.Write);
        LockRequest read = _scene.Queue(_scene.Transaction(4), Range(2, 5), LockKind.Read);
        LockRequest write = _scene.Queue(_scene.Transaction(1), Point(3), LockKind.Write);

        Assert.True(_scene.Cancel(read));

        Assert.Equal([write], _scene.Resumed);
    }

    [Fact]
    public void The_release_of_a_waiting_writer_lets_the_ranges_behind_it_go()
    {
        LockOwner holder = _scene.Transaction(9);
        _scene.Grant(holder, Range(2, 4), LockKind.Read);
        LockRequest write = _scene.Queue(_scene.Transaction(5), Point(3), LockKind.Write);
        LockRequest read = _scene.Queue(_scene.Transaction(4), Range(3, 9), LockKind.Read);

        _scene.Release(write.Owner);

        Assert.Equal([write, read], _scene.Resumed);
        Assert.Equal(LockRequestState.Released, write.State);
        Assert.Equal(LockRequestState.Granted, read.State);
    }

    [Theory]
    [InlineData(LockPoints.UnorderedLimit)]
    [InlineData(LockPoints.UnorderedLimit + 1)]
    [InlineData(10_000)]
    public void A_range_finds_the_one_writer_among_many_points(int count)
    {
        LockOwner many = _scene.Transaction(9);
        for (int number = 1; number < count; number++)
            _scene.Grant(many, PointOf(number * 2), LockKind.Read);
        LockOwner writer = _scene.Transaction(8);
        _scene.Grant(writer, PointOf(7), LockKind.Write);

        LockOwner reader = _scene.Transaction(1);
        for (int number = 0; number < count; number++)
        {
            if (number != 7) _scene.Grant(reader, RangeOf(number, number + 1), LockKind.Read);
        }

        LockRequest read = _scene.Queue(reader, RangeOf(7, 8), LockKind.Read);
        LockRequest late = _scene.Queue(_scene.Transaction(0), PointOf(3), LockKind.Write);
        _scene.Release(writer);
        Assert.Equal([read], _scene.Resumed);
        _scene.Release(reader);
        Assert.Equal([late], _scene.Resumed);
        _scene.Release(late.Owner);
        _scene.Release(many);
        Assert.True(_scene.Manager.IsIdle);
    }

    [Fact]
    public void Many_that_go_ahead_one_after_the_other_keep_their_order()
    {
        LockOrder order = new();
        LockRequest last = new(_scene.Transaction(1), Point(1), LockKind.Read);
        order.InsertAhead(null, last);
        List<LockRequest> expected = [];
        for (int number = 0; number < 100; number++)
        {
            LockRequest request = new(_scene.Transaction(1), Point(1), LockKind.Read);
            order.InsertAhead(last, request);
            expected.Add(request);
        }

        expected.Add(last);
        List<LockRequest> found = [];
        for (LockRequest? request = order.First; request is not null; request = request.NextInSpace)
            found.Add(request);
        Assert.Equal(expected, found);
        Assert.All(
            found.Zip(found.Skip(1)), pair => Assert.True(pair.First.IsAheadOf(pair.Second)));
    }

    private static LockResource PointOf(int number)
        => LockResource.Record(new Key([(byte)(number >> 8), (byte)number]));

    private static LockResource RangeOf(int from, int to)
        => LockResource.Range(KeySpace.Records, PointOf(from).Key, PointOf(to).Key);
}
