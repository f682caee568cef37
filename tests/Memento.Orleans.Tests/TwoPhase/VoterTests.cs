using Memento.TwoPhase;
using Orleans.Transactions;

namespace Memento.Tests.TwoPhase;

/// <summary>Each message in each phase of a partition that others decide.</summary>
public sealed class VoterTests
{
    private static readonly Dictionary<string, Action<Voter, List<VoterEffect>>> Inputs = new()
    {
        ["prepare"] = static (voter, effects) =>
            voter.OnPrepare(TransactionalStatus.Ok, writes: true, effects),
        ["prepare reads"] = static (voter, effects) =>
            voter.OnPrepare(TransactionalStatus.Ok, writes: false, effects),
        ["prepare broken"] = static (voter, effects) =>
            voter.OnPrepare(TransactionalStatus.LockValidationFailed, writes: true, effects),
        ["durable"] = static (voter, effects) =>
            voter.OnPersisted(TransactionalStatus.Ok, effects),
        ["failed"] = static (voter, effects) =>
            voter.OnPersisted(TransactionalStatus.CommitFailure, effects),
        ["confirm"] = static (voter, effects) => voter.OnConfirm(effects),
        ["cancel"] = static (voter, effects) => voter.OnCancel(effects),
        ["abort"] = static (voter, effects) => voter.OnAbort(effects),
        ["restored"] = static (voter, _) => voter.OnRestored(),
        ["silence"] = static (voter, effects) => voter.OnSilence(effects),
    };

    [Theory]
    // Not asked yet.
    [InlineData("", "prepare", "Persist", "Securing")]
    [InlineData("", "prepare reads", "Persist", "Securing")]
    [InlineData("", "prepare broken", "Vote LockValidationFailed, Drop", "Ended")]
    [InlineData("", "confirm", "Confirmed", "Open")]
    [InlineData("", "cancel", "Drop", "Ended")]
    [InlineData("", "abort", "Drop", "Ended")]
    [InlineData("", "restored", "", "Prepared")]
    [InlineData("", "silence", "", "Open")]
    // Not durable yet.
    [InlineData("prepare", "prepare", "", "Securing")]
    [InlineData("prepare", "durable", "Vote Ok", "Prepared")]
    [InlineData("prepare", "failed", "Vote CommitFailure, Forget", "Dropping")]
    [InlineData("prepare", "confirm", "", "Securing")]
    [InlineData("prepare", "cancel", "", "Dropping")]
    [InlineData("prepare", "abort", "", "Securing")]
    [InlineData("prepare", "silence", "", "Securing")]
    [InlineData("prepare, confirm", "durable", "Commit", "Confirming")]
    [InlineData("prepare, confirm", "failed", "Commit", "Confirming")]
    [InlineData("prepare, confirm", "cancel", "", "Securing")]
    [InlineData("prepare reads", "durable", "Release, Vote Ok", "Ended")]
    [InlineData("prepare reads", "abort", "", "Dropping")]
    // Prepared.
    [InlineData("prepare, durable", "prepare", "", "Prepared")]
    [InlineData("prepare, durable", "confirm", "Commit", "Confirming")]
    [InlineData("prepare, durable", "cancel", "Forget", "Dropping")]
    [InlineData("prepare, durable", "abort", "", "Prepared")]
    [InlineData("prepare, durable", "silence", "Ping", "Prepared")]
    [InlineData("restored", "prepare", "", "Prepared")]
    [InlineData("restored", "confirm", "Commit", "Confirming")]
    [InlineData("restored", "cancel", "Forget", "Dropping")]
    [InlineData("restored", "silence", "Ping", "Prepared")]
    // Decided, and not durable yet.
    [InlineData("prepare, durable, confirm", "prepare", "", "Confirming")]
    [InlineData("prepare, durable, confirm", "durable", "Apply, Confirmed", "Ended")]
    [InlineData("prepare, durable, confirm", "failed", "NotConfirmed", "Prepared")]
    [InlineData("prepare, durable, confirm", "confirm", "", "Confirming")]
    [InlineData("prepare, durable, confirm", "cancel", "", "Confirming")]
    [InlineData("prepare, durable, confirm", "abort", "", "Confirming")]
    [InlineData("prepare, durable, confirm", "silence", "", "Confirming")]
    [InlineData("prepare, durable, confirm, failed", "confirm", "Commit", "Confirming")]
    // Cancelled, and its prepared row may be there.
    [InlineData("prepare, cancel", "durable", "Forget", "Dropping")]
    [InlineData("prepare, cancel", "failed", "Forget", "Dropping")]
    [InlineData("prepare, cancel", "silence", "", "Dropping")]
    [InlineData("prepare, durable, cancel", "prepare", "", "Dropping")]
    [InlineData("prepare, durable, cancel", "durable", "Drop", "Ended")]
    [InlineData("prepare, durable, cancel", "failed", "", "Dropping")]
    [InlineData("prepare, durable, cancel", "confirm", "Confirmed", "Dropping")]
    [InlineData("prepare, durable, cancel", "cancel", "", "Dropping")]
    [InlineData("prepare, durable, cancel", "abort", "", "Dropping")]
    [InlineData("prepare, durable, cancel, failed", "silence", "Forget", "Dropping")]
    // Over.
    [InlineData("cancel", "prepare", "Vote LockValidationFailed", "Ended")]
    [InlineData("cancel, prepare", "prepare", "", "Ended")]
    [InlineData("prepare reads, durable", "prepare reads", "", "Ended")]
    [InlineData("prepare, durable, confirm, durable", "prepare", "", "Ended")]
    [InlineData("prepare, durable, confirm, durable", "confirm", "Confirmed", "Ended")]
    [InlineData("prepare, durable, confirm, durable", "cancel", "", "Ended")]
    [InlineData("prepare, durable, confirm, durable", "abort", "", "Ended")]
    [InlineData("prepare, durable, confirm, durable", "silence", "", "Ended")]
    public void A_message_has_the_effects_that_it_should(
        string before, string input, string expected, string phase)
    {
        var voter = new Voter();
        List<VoterEffect> effects = [];
        foreach (string each in before.Split(", ", StringSplitOptions.RemoveEmptyEntries))
            Inputs[each](voter, effects);
        effects.Clear();

        Inputs[input](voter, effects);

        Assert.Equal(
            expected,
            string.Join(", ", effects.Select(each =>
                each == VoterEffect.Vote ? $"Vote {voter.Vote}" : $"{each}")));
        Assert.Equal(phase, $"{voter.Phase}");
    }
}
