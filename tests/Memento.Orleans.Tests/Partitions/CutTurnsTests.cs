using System.Net;
using Memento.Silos.Snapshots;
using Memento.Tests.Conformance;
using Microsoft.Extensions.Time.Testing;

namespace Memento.Tests.Partitions;

/// <summary>Cuts over several silos take turns.</summary>
public sealed class CutTurnsTests
{
    private readonly Guid _first = Guid.NewGuid();
    private readonly Guid _second = Guid.NewGuid();
    private readonly Guid _third = Guid.NewGuid();
    private readonly FakeTimeProvider _time = new();
    private readonly CutTurns _turns;

    public CutTurnsTests() => _turns = new CutTurns(_time);

    [Fact]
    public async Task One_waits_for_the_end_of_the_one_before_in_the_order_of_coming()
    {
        Assert.True(_turns.WaitAsync(_first).IsCompletedSuccessfully);
        Task second = _turns.WaitAsync(_second);
        Task third = _turns.WaitAsync(_third);
        Assert.False(second.IsCompleted);
        _turns.End(_first);
        await second.Within();
        Assert.False(third.IsCompleted);
        _turns.End(_second);
        await third.Within();
        _turns.End(_third);
        Assert.True(_turns.WaitAsync(_first).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_turn_that_nobody_ends_is_over_after_a_while()
    {
        Assert.True(_turns.WaitAsync(_first).IsCompletedSuccessfully);
        Task second = _turns.WaitAsync(_second);
        _time.Advance(CutTurns.Longest - TimeSpan.FromMilliseconds(1));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await second.Within();
        Task third = _turns.WaitAsync(_third);

        // The end that comes late is not that of the turn which is given now.
        _turns.End(_first);
        Assert.False(third.IsCompleted);
    }

    [Fact]
    public async Task Who_gives_up_while_waiting_is_passed_over()
    {
        Assert.True(_turns.WaitAsync(_first).IsCompletedSuccessfully);
        Task second = _turns.WaitAsync(_second);
        Task third = _turns.WaitAsync(_third);
        _turns.End(_second);
        await second.Within();
        Assert.False(third.IsCompleted);
        _turns.End(_first);
        await third.Within();
    }

    [Fact]
    public void All_silos_choose_the_same_one_that_gives_the_turns()
    {
        SiloAddress[] silos = [.. Enumerable.Range(1, 3).Select(
            port => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 1))];
        SiloAddress giver = CutTurns.GiverAmong(silos);
        Assert.Contains(giver, silos);
        Assert.Equal(giver, CutTurns.GiverAmong(silos.Reverse()));
    }
}
