using Memento.Keys;
using Memento.Locks;
using static Memento.Tests.Locks.RangeScene;

namespace Memento.Tests.Locks;

/// <summary>The locks that a range keeps out, and those that it lets pass.</summary>
public sealed class RangeLockTests
{
    private readonly LockScene _scene = new();

    [Fact]
    public void A_phantom_is_kept_out()
    {
        LockOwner reader = _scene.Transaction(1);
        _scene.Grant(reader, Range(2, 5), LockKind.Read);

        LockConflict conflict = _scene.Refuse(_scene.Transaction(2), Point(3), LockKind.Write);

        Assert.Equal(
            new LockConflict(Point(3), LockKind.Write, reader.TransactionId, LockKind.Read, false),
            conflict);
    }

    [Fact]
    public void A_range_with_a_written_key_is_not_read_by_a_younger_one()
    {
        LockOwner writer = _scene.Transaction(1);
        _scene.Grant(writer, Point(3), LockKind.Write);

        LockConflict conflict = _scene.Refuse(_scene.Transaction(2), Range(2, 5), LockKind.Read);

        Assert.Equal(
            new LockConflict(
                Range(2, 5), LockKind.Read, writer.TransactionId, LockKind.Write, false),
            conflict);
        _scene.Release(writer);
        Assert.True(_scene.Manager.IsIdle);
    }

    [Fact]
    public void An_older_writer_waits_for_the_range_to_be_given_up()
    {
        LockOwner reader = _scene.Transaction(9);
        _scene.Grant(reader, Range(2, 5), LockKind.Read);
        LockRequest write = _scene.Queue(_scene.Transaction(1), Point(2), LockKind.Write);

        _scene.Release(reader);

        Assert.Equal([write], _scene.Resumed);
        Assert.Equal(LockRequestState.Granted, write.State);
    }

    [Fact]
    public void An_older_reader_of_a_range_waits_for_all_that_write_in_it()
    {
        LockOwner first = _scene.Transaction(8);
        LockOwner second = _scene.Transaction(9);
        _scene.Grant(first, Point(2), LockKind.Write);
        _scene.Grant(second, Point(4), LockKind.Write);
        LockRequest read = _scene.Queue(_scene.Transaction(1), Range(2, 5), LockKind.Read);

        _scene.Release(first);
        Assert.Empty(_scene.Resumed);
        Assert.Equal(second.TransactionId, _scene.Manager.FindBlocker(read)!.Holder);
        _scene.Release(second);

        Assert.Equal([read], _scene.Resumed);
        Assert.Null(_scene.Manager.FindBlocker(read));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_write_outside_the_range_passes_and_its_end_is_outside(byte key)
    {
        _scene.Grant(_scene.Transaction(1), Range(2, 5), LockKind.Read);
        LockOwner writer = _scene.Transaction(2);
        _scene.Grant(writer, Point(key), LockKind.Write);

        _scene.Grant(_scene.Transaction(3), Range(2, 5), LockKind.Read);
    }

    [Fact]
    public void A_key_is_in_the_range_of_its_prefix()
    {
        _scene.Grant(_scene.Transaction(1), Range(2, 3), LockKind.Read);

        _scene.Refuse(
            _scene.Transaction(2), LockResource.Record(new Key([2, 255, 1])), LockKind.Write);
    }

    [Fact]
    public void A_range_of_one_key_space_does_not_touch_another()
    {
        KeySpace index = KeySpace.EntriesOf(0);
        _scene.Grant(
            _scene.Transaction(1), LockResource.Range(index, new Key([]), null), LockKind.Read);

        _scene.Grant(_scene.Transaction(2), Point(3), LockKind.Write);
        _scene.Grant(
            _scene.Transaction(3),
            LockResource.InSpace(KeySpace.EntriesOf(1), new Key([3])),
            LockKind.Write);
        _scene.Refuse(
            _scene.Transaction(4), LockResource.InSpace(index, new Key([3])), LockKind.Write);
    }

    [Fact]
    public void A_range_without_an_end_has_all_keys_behind()
    {
        _scene.Grant(
            _scene.Transaction(1),
            LockResource.Range(KeySpace.Records, new Key([3]), null),
            LockKind.Read);
        LockOwner writer = _scene.Transaction(2);

        _scene.Grant(writer, Point(2), LockKind.Write);
        _scene.Refuse(writer, Point(3), LockKind.Write);
        _scene.Refuse(
            _scene.Transaction(3), LockResource.Record(new Key([255, 255, 255])), LockKind.Write);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(4, 2)]
    public void An_empty_range_is_granted_and_keeps_nobody_out(byte from, byte to)
    {
        _scene.Grant(_scene.Transaction(1), Point(3), LockKind.Write);

        _scene.Grant(_scene.Transaction(2), Range(from, to), LockKind.Read);

        Assert.Equal(1, _scene.Manager.HeldCount);
    }

    [Fact]
    public void Ranges_do_not_keep_each_other_out()
    {
        _scene.Grant(_scene.Transaction(1), Range(2, 5), LockKind.Read);
        _scene.Grant(_scene.Transaction(2), Range(2, 5), LockKind.Read);
        _scene.Grant(_scene.Transaction(3), Range(1, 9), LockKind.Read);
    }

    [Fact]
    public void Those_that_read_a_key_and_those_that_read_a_range_share()
    {
        _scene.Grant(_scene.Transaction(1), Point(3), LockKind.Read);
        _scene.Grant(_scene.Transaction(2), Range(2, 5), LockKind.Read);
        _scene.Grant(_scene.Transaction(3), Point(4), LockKind.Read);
    }

    [Fact]
    public void An_owner_writes_into_its_range_and_reads_a_range_that_it_wrote_into()
    {
        LockOwner owner = _scene.Transaction(1);
        _scene.Grant(owner, Range(2, 5), LockKind.Read);
        _scene.Grant(owner, Point(3), LockKind.Write);
        _scene.Grant(owner, Range(1, 9), LockKind.Read);

        LockOwner younger = _scene.Transaction(2);
        _scene.Refuse(younger, Range(3, 4), LockKind.Read);
        _scene.Refuse(younger, Point(8), LockKind.Write);
        _scene.Release(owner);
        Assert.True(_scene.Manager.IsIdle);
    }

    [Fact]
    public void A_range_that_is_had_already_costs_no_second_lock()
    {
        LockOwner owner = _scene.Transaction(1);
        _scene.Grant(owner, Range(2, 5), LockKind.Read);

        _scene.Grant(owner, Range(2, 5), LockKind.Read);
        _scene.Grant(owner, Range(3, 4), LockKind.Read);
        Assert.Equal(1, _scene.Manager.HeldCount);

        _scene.Grant(owner, Range(6, 7), LockKind.Read);
        Assert.Equal(2, _scene.Manager.HeldCount);
    }

    [Theory]
    [InlineData(5, 8)]
    [InlineData(3, 8)]
    [InlineData(1, 2)]
    [InlineData(1, 9)]
    public void Ranges_of_one_owner_that_touch_are_one(byte from, byte to)
    {
        LockOwner owner = _scene.Transaction(1);
        _scene.Grant(owner, Range(2, 5), LockKind.Read);
        _scene.Grant(owner, Range(from, to), LockKind.Read);

        LockResource both = Range(Math.Min(from, (byte)2), Math.Max(to, (byte)5));
        Assert.Equal(
            [new LockInfo(both, LockKind.Read, owner.TransactionId, false)], _scene.Locks());
        Assert.Equal(1, owner.RangeCount);
        for (byte key = 0; key < 10; key++)
        {
            bool isIn = both.Meets(Point(key));
            Assert.Equal(
                isIn ? LockAnswer.Refused : LockAnswer.Granted,
                _scene.Acquire(_scene.Transaction(2), Point(key), LockKind.Write));
        }
    }

    [Fact]
    public void A_range_that_fills_a_gap_makes_one_of_those_on_both_sides()
    {
        LockOwner owner = _scene.Transaction(1);
        LockOwner other = _scene.Transaction(2);
        _scene.Grant(other, Range(4, 6), LockKind.Read);
        _scene.Grant(owner, Range(2, 4), LockKind.Read);
        _scene.Grant(owner, Range(6, 8), LockKind.Read);
        _scene.Grant(
            owner, LockResource.Range(KeySpace.Records, new Key([9]), null), LockKind.Read);
        Assert.Equal(3, owner.RangeCount);

        _scene.Grant(owner, Range(4, 6), LockKind.Read);
        Assert.Equal(2, owner.RangeCount);
        _scene.Grant(owner, Range(7, 9), LockKind.Read);

        Assert.Equal((1, 1), (owner.RangeCount, other.RangeCount));
        Assert.Equivalent(
            new LockInfo[]
            {
                new(
                    LockResource.Range(KeySpace.Records, new Key([2]), null),
                    LockKind.Read,
                    owner.TransactionId,
                    false),
                new(Range(4, 6), LockKind.Read, other.TransactionId, false),
            },
            _scene.Locks());
        _scene.Release(owner);
        _scene.Refuse(_scene.Transaction(3), Point(5), LockKind.Write);
        _scene.Release(other);
        Assert.True(_scene.Manager.IsIdle);
    }

    [Fact]
    public void A_writer_that_waits_for_a_range_waits_for_the_one_that_it_became_part_of()
    {
        LockOwner reader = _scene.Transaction(9);
        _scene.Grant(reader, Range(2, 5), LockKind.Read);
        LockRequest write = _scene.Queue(_scene.Transaction(1), Point(3), LockKind.Write);

        _scene.Grant(reader, Range(5, 8), LockKind.Read);

        Assert.Equal(LockRequestState.Waiting, write.State);
        Assert.Equal(reader.TransactionId, _scene.Manager.FindBlocker(write)!.Holder);
        _scene.Release(reader);
        Assert.Equal([write], _scene.Resumed);
    }

    [Fact]
    public void A_range_that_another_has_is_not_had()
    {
        LockOwner other = _scene.Transaction(1);
        LockOwner owner = _scene.Transaction(2);
        _scene.Grant(other, Range(1, 9), LockKind.Read);
        _scene.Grant(owner, Range(2, 5), LockKind.Read);

        _scene.Release(other);

        _scene.Refuse(_scene.Transaction(3), Point(3), LockKind.Write);
    }

    [Fact]
    public void The_picture_of_the_locks_has_ranges()
    {
        LockOwner reader = _scene.Transaction(9);
        _scene.Grant(reader, Range(2, 5), LockKind.Read);
        LockOwner writer = _scene.Queue(_scene.Transaction(1), Point(3), LockKind.Write).Owner;

        Assert.Equivalent(
            new LockInfo[]
            {
                new(Range(2, 5), LockKind.Read, reader.TransactionId, false),
                new(Point(3), LockKind.Write, writer.TransactionId, true)
                {
                    BlockedBy = reader.TransactionId,
                },
            },
            _scene.Locks());
    }
}
