using System.Net;
using Memento.Commit.Spanning;
using Memento.Messages;

namespace Memento.Tests.Clusters;

/// <summary>The machines of a commit over several silos, without silos.</summary>
public sealed class SpanningMachineTests
{
    private static readonly SiloAddress[] Silos = [.. Enumerable.Range(1, 3).Select(
        static port => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 1))];

    private static CommitResult Conflict => CommitResult.TryAgain("says the test");

    [Fact]
    public void Nothing_is_appended_before_the_last_member_has_sealed()
    {
        var machine = new SpanningCoordinator(Silos, SpanningDecider.Storage);
        Assert.Equal(3, Do(machine.Begin).Count);
        Assert.Empty(Do(effects => machine.OnSealed(Silos[0], true, effects)));
        Assert.Empty(Do(effects => machine.OnSealed(Silos[1], false, effects)));
        Assert.IsType<CoordinatorEffect.Append>(
            Assert.Single(Do(effects => machine.OnSealed(Silos[2], true, effects))));
        Assert.Equal(MemberAnswer.Pending, machine.Answer);

        // Only those that have changed something are told, and the caller after them.
        Assert.Equal(
            [
                new CoordinatorEffect.Settle(Silos[0], true),
                new CoordinatorEffect.Settle(Silos[2], true),
            ],
            Do(effects => machine.OnAppended(CommitResult.Committed, effects)));
        Assert.Empty(Do(effects => machine.OnTold(Silos[2], effects)));
        Assert.False(machine.IsOver);
        Assert.Equal(
            new CoordinatorEffect.Complete(CommitResult.Committed),
            Assert.Single(Do(effects => machine.OnTold(Silos[0], effects))));
        Assert.True(machine.IsOver);
    }

    [Fact]
    public void A_transaction_that_changes_nothing_appends_nothing_and_tells_nobody()
    {
        var machine = new SpanningCoordinator(Silos, SpanningDecider.Storage);
        Do(machine.Begin);
        foreach (SiloAddress each in Silos[..2])
            Assert.Empty(Do(effects => machine.OnSealed(each, false, effects)));
        Assert.Equal(
            new CoordinatorEffect.Complete(CommitResult.Committed),
            Assert.Single(Do(effects => machine.OnSealed(Silos[2], false, effects))));
        Assert.True(machine.IsOver);
    }

    [Fact]
    public void A_refusal_aborts_those_that_have_sealed_or_seal_later()
    {
        var machine = new SpanningCoordinator(Silos, SpanningDecider.Members);
        Do(machine.Begin);
        Do(effects => machine.OnSealed(Silos[0], true, effects));
        CommitResult conflict = Conflict;
        Assert.Equal(
            [
                new CoordinatorEffect.Complete(conflict),
                new CoordinatorEffect.Settle(Silos[0], false),
            ],
            Do(effects => machine.OnRefused(Silos[1], conflict, false, effects)));
        Assert.Equal(
            new CoordinatorEffect.Settle(Silos[2], false),
            Assert.Single(Do(effects => machine.OnSealed(Silos[2], true, effects))));
        Assert.Equal(MemberAnswer.Aborted, machine.Answer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_batch_in_doubt_leaves_the_members_sealed_until_it_is_settled(bool isKept)
    {
        var machine = new SpanningCoordinator(Silos, SpanningDecider.Storage);
        Do(machine.Begin);
        foreach (SiloAddress each in Silos)
            Do(effects => machine.OnSealed(each, true, effects));
        var doubt = CommitResult.Failed(new TransactionInDoubtException(Guid.NewGuid(), null!));
        Assert.Equal(
            new CoordinatorEffect.Complete(doubt),
            Assert.Single(Do(effects => machine.OnInDoubt(doubt, effects))));
        Assert.Equal(MemberAnswer.Pending, machine.Answer);

        // The caller was told already.
        Assert.Equal(
            Silos.Select(each => new CoordinatorEffect.Settle(each, isKept)),
            Do(effects => machine.OnAppended(
                isKept ? CommitResult.Committed : Conflict, effects)));
    }

    [Fact]
    public void Whoever_has_promised_does_not_hear_the_coordinator_any_more()
    {
        var machine = new SpanningMember(SpanningDecider.Members);
        List<MemberEffect> effects = [];
        Assert.True(machine.OnDurable(hasChanges: true, effects));
        Assert.Equal(MemberAnswer.Promised, machine.OnAskedByMember(effects));
        Assert.Equal(
            MemberAnswer.Promised, machine.OnSettle(isCommitted: true, byMembers: false, effects));
        Assert.Empty(effects);
        Assert.Equal(
            MemberAnswer.Aborted, machine.OnSettle(isCommitted: false, byMembers: true, effects));
        Assert.Equal([MemberEffect.Abort], effects);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_coordinator_that_does_not_know_it_means_aborted_only_where_no_storage_decides(
        bool isOnDisk)
    {
        var machine = new SpanningMember(
            isOnDisk ? SpanningDecider.Storage : SpanningDecider.Members);
        List<MemberEffect> effects = [];
        machine.OnDurable(hasChanges: true, effects);
        machine.OnCoordinatorAnswer(MemberAnswer.Pending, effects);
        Assert.Empty(effects);
        machine.OnCoordinatorAnswer(MemberAnswer.Unknown, effects);
        Assert.Equal([isOnDisk ? MemberEffect.AskStorage : MemberEffect.Abort], effects);
    }

    [Theory]
    [InlineData("Promised Committed", true)]
    [InlineData("Promised Unknown", false)]
    [InlineData("Promised Aborted", false)]
    [InlineData("Promised Pending", null)]
    public void The_members_decide_by_one_that_has_committed_or_by_all(
        string answers, bool? expected)
        => Assert.Equal(expected, SpanningMember.Decide(answers.Split(' ').Select(
            static each => (MemberAnswer?)Enum.Parse<MemberAnswer>(each))));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whatever_is_lost_or_late_or_dies_all_members_end_alike(bool isOnDisk)
    {
        SpanningDecider decider = isOnDisk ? SpanningDecider.Storage : SpanningDecider.Members;
        int committed = 0, aborted = 0;
        for (int seed = 0; seed < 5_000; seed++)
        {
            var run = new SpanningSimulation(Silos, decider, seed);
            if (run.Run()) committed++; else aborted++;
        }

        // Otherwise it would show nothing.
        Assert.True(committed > 500, $"{committed} committed");
        Assert.True(aborted > 500, $"{aborted} aborted");
    }

    private static List<CoordinatorEffect> Do(Action<List<CoordinatorEffect>> step)
    {
        List<CoordinatorEffect> effects = [];
        step(effects);
        return effects;
    }
}
