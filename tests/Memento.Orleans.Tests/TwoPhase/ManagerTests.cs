using Memento.TwoPhase;
using Orleans.Transactions;

namespace Memento.Tests.TwoPhase;

/// <summary>The manager of a transaction, without silos and messages.</summary>
public sealed class ManagerTests
{
    private const TransactionalStatus Ok = TransactionalStatus.Ok;
    private const TransactionalStatus Broken = TransactionalStatus.BrokenLock;

    [Fact]
    public void Our_commit_begins_when_the_last_has_voted()
    {
        var machine = new Manager<string>(voters: 3, ["a", "b"]);
        Assert.Empty(Do(machine.Begin));
        Assert.Empty(Do(effects => machine.OnVote("a", Ok, effects)));
        Assert.Empty(Do(effects => machine.OnVote("reader", Ok, effects)));
        Assert.IsType<ManagerEffect<string>.Commit>(
            Assert.Single(Do(effects => machine.OnVote("b", Ok, effects))));
        Assert.Equal(
            [
                new ManagerEffect<string>.Complete(Ok),
                new ManagerEffect<string>.Confirm("a"),
                new ManagerEffect<string>.Confirm("b"),
            ],
            Do(effects => machine.OnDecided(isCommitted: true, effects)));
        Assert.Empty(Do(effects => machine.OnConfirmed("b", effects)));
        Assert.False(machine.IsOver);
        Assert.Equal(
            new ManagerEffect<string>.Forget(),
            Assert.Single(Do(effects => machine.OnConfirmed("a", effects))));
        Assert.True(machine.IsOver);
    }

    [Fact]
    public void A_vote_that_comes_twice_counts_once()
    {
        var machine = new Manager<string>(voters: 2, ["a", "b"]);
        Do(machine.Begin);
        Assert.Empty(Do(effects => machine.OnVote("a", Ok, effects)));
        Assert.Empty(Do(effects => machine.OnVote("a", Ok, effects)));
        Assert.Single(Do(effects => machine.OnVote("b", Ok, effects)));
        Assert.Empty(Do(effects => machine.OnVote("b", Ok, effects)));
    }

    [Fact]
    public void Our_commit_begins_once_also_where_the_last_vote_comes_first()
    {
        var machine = new Manager<string>(voters: 1, ["a"]);
        Assert.Single(Do(effects => machine.OnVote("a", Ok, effects)));
        Assert.Empty(Do(machine.Begin));
    }

    [Fact]
    public void Without_others_our_commit_begins_at_once_and_nobody_is_told()
    {
        var machine = new Manager<string>(voters: 0, []);
        Assert.IsType<ManagerEffect<string>.Commit>(Assert.Single(Do(machine.Begin)));
        Assert.Equal(
            new ManagerEffect<string>.Complete(Ok),
            Assert.Single(Do(effects => machine.OnDecided(isCommitted: true, effects))));
        Assert.True(machine.IsOver);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_that_votes_against_it_or_not_at_all_ends_it(bool votes)
    {
        var machine = new Manager<string>(voters: 2, ["a", "b"]);
        Do(machine.Begin);
        Do(effects => machine.OnVote("a", Ok, effects));
        TransactionalStatus why = votes ? Broken : TransactionalStatus.PrepareTimeout;
        Assert.Equal(
            [
                new ManagerEffect<string>.Drop(),
                new ManagerEffect<string>.Cancel("a", why),
                new ManagerEffect<string>.Cancel("b", why),
                new ManagerEffect<string>.Complete(why),
            ],
            Do(effects =>
            {
                if (votes)
                    machine.OnVote("b", Broken, effects);
                else
                    machine.OnSilence(effects);
            }));
        Assert.True(machine.IsOver);

        // It was prepared after its cancellation had passed it.
        Assert.Equal(
            new ManagerEffect<string>.Cancel("b", TransactionalStatus.PresumedAbort),
            Assert.Single(Do(effects => machine.OnVote("b", Ok, effects))));
    }

    [Fact]
    public void One_that_has_only_read_is_not_cancelled_by_its_late_vote()
    {
        var machine = new Manager<string>(voters: 2, ["a"]);
        Do(machine.Begin);
        Do(machine.OnSilence);

        Assert.Empty(Do(effects => machine.OnVote("reader", Broken, effects)));
        Assert.Single(Do(effects => machine.OnVote("a", Ok, effects)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void While_our_commit_is_in_doubt_nobody_is_told_anything(bool isKept)
    {
        var machine = new Manager<string>(voters: 1, ["a"]);
        Do(machine.Begin);
        Do(effects => machine.OnVote("a", Ok, effects));
        Assert.Equal(
            new ManagerEffect<string>.Complete(TransactionalStatus.TMResponseTimeout),
            Assert.Single(Do(machine.OnInDoubt)));
        Assert.Empty(Do(effects => machine.OnPing("a", effects)));
        Assert.Empty(Do(machine.OnSilence));
        Assert.Contains(
            isKept
                ? new ManagerEffect<string>.Confirm("a")
                : new ManagerEffect<string>.Cancel("a", TransactionalStatus.CommitFailure),
            Do(effects => machine.OnDecided(isKept, effects)));
    }

    [Fact]
    public void Nothing_after_the_votes_ends_it_but_our_commit()
    {
        var machine = new Manager<string>(voters: 1, ["a"]);
        Do(machine.Begin);
        Do(effects => machine.OnVote("a", Ok, effects));
        Assert.Empty(Do(machine.OnSilence));
        Assert.Empty(Do(effects => machine.OnVote("a", Broken, effects)));
        Assert.Empty(Do(effects => machine.OnPing("a", effects)));
        Do(effects => machine.OnDecided(isCommitted: true, effects));
        Assert.Empty(Do(effects => machine.OnDecided(isCommitted: true, effects)));
        Assert.Empty(Do(effects => machine.OnPing("a", effects)));
        Assert.Equal(ManagerPhase.Committed, machine.Phase);
    }

    private static List<ManagerEffect<string>> Do(Action<List<ManagerEffect<string>>> step)
    {
        List<ManagerEffect<string>> effects = [];
        step(effects);
        return effects;
    }
}
