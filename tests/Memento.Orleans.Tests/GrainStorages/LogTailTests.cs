using Memento.LogStorage;

namespace Memento.Tests.GrainStorages;

/// <summary>Which states of the log make a group.</summary>
public sealed class LogTailTests
{
    private const int StateBytes = 200;

    private readonly Guid _writer = Guid.NewGuid();
    private readonly LogTail _tail = new(0);

    [Fact]
    public void The_states_of_a_group_side_by_side_make_it()
    {
        byte[][] parts = PartsOf(_writer, 7);
        Assert.All(parts[..^1], part => Assert.Null(_tail.Take(part)));
        LogGroup group = _tail.Take(parts[^1])!;

        Assert.Equal((_writer, 7), (group.Writer, group.Number));
        Assert.Equal("note-7", Assert.IsType<NoteChange>(Assert.Single(group.Changes)).Name);
        Assert.Null(_tail.OpenWriter);
        Assert.Equal(1 + parts.Length, _tail.Next);
    }

    [Fact]
    public void States_of_two_writers_make_no_group()
    {
        byte[][] parts = PartsOf(_writer, 7);
        byte[][] others = PartsOf(Guid.NewGuid(), 7);
        _tail.Take(parts[0]);
        for (int part = 1; part < parts.Length; part++)
            Assert.Null(_tail.Take(others[part]));
        AssertNextGroupCounts();
    }

    [Fact]
    public void States_of_two_attempts_of_a_writer_make_no_group()
    {
        byte[][] parts = PartsOf(_writer, 7);
        byte[][] again = PartsOf(_writer, 8);
        _tail.Take(parts[0]);
        for (int part = 1; part < parts.Length; part++)
            Assert.Null(_tail.Take(again[part]));
        AssertNextGroupCounts();
    }

    [Fact]
    public void A_group_with_another_one_in_its_middle_is_void_and_the_other_one_counts()
    {
        byte[][] parts = PartsOf(_writer, 7);
        _tail.Take(parts[0]);
        Assert.Equal(_writer, _tail.OpenWriter);
        AssertNextGroupCounts();
        for (int part = 1; part < parts.Length; part++)
            Assert.Null(_tail.Take(parts[part]));
        Assert.Null(_tail.OpenWriter);
    }

    [Fact]
    public void A_group_that_lacks_a_state_is_void()
    {
        byte[][] parts = PartsOf(_writer, 7);
        _tail.Take(parts[0]);
        for (int part = 2; part < parts.Length; part++)
            Assert.Null(_tail.Take(parts[part]));
        AssertNextGroupCounts();
    }

    [Fact]
    public void A_group_begins_again_with_its_first_state()
    {
        byte[][] parts = PartsOf(_writer, 7);
        _tail.Take(parts[0]);
        byte[][] again = PartsOf(_writer, 8);
        Assert.All(again[..^1], part => Assert.Null(_tail.Take(part)));
        Assert.Equal(8, _tail.Take(again[^1])!.Number);
    }

    /// <summary>The states of a group, at least four of them.</summary>
    private static byte[][] PartsOf(Guid writer, long number)
    {
        var group = new LogGroup(
            writer,
            number,
            DateTimeOffset.UnixEpoch,
            [new NoteChange($"note-{number}", new byte[3 * StateBytes])]);
        byte[][] parts = [.. LogGroupCodec.Write(group, StateBytes)];
        Assert.True(parts.Length >= 4);
        return parts;
    }

    private void AssertNextGroupCounts()
    {
        byte[][] next = PartsOf(Guid.NewGuid(), 9);
        Assert.All(next[..^1], part => Assert.Null(_tail.Take(part)));
        Assert.Equal(9, _tail.Take(next[^1])!.Number);
    }
}
