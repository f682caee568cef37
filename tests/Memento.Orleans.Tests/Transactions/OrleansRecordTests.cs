using Memento.Participants;
using Orleans.Transactions;

namespace Memento.Tests.Transactions;

/// <summary>Orleans' record of a transaction whose body makes grain calls side by side.</summary>
public sealed class OrleansRecordTests
{
    [Fact]
    public void Whoever_asks_what_calls_have_brought_back_leaves_their_count_to_Orleans()
    {
        // Orleans counts down with code that loses a call that leaves meanwhile.
        var record = new OrleansRecord(NewInfo());
        TransactionInfo branch = record.Branch();
        branch.Join(branch.Fork());

        record.FindPartitions(out bool isComplete);

        Assert.True(isComplete);
        Assert.Equal(1, branch.PendingCalls);
        branch.ReconcilePending();
        Assert.Equal(0, branch.PendingCalls);
    }

    [Fact]
    public void Calls_that_have_not_come_back_are_known_before_and_after_the_branches_are_joined()
    {
        var record = new OrleansRecord(NewInfo());
        TransactionInfo branch = record.Branch();
        TransactionInfo call = branch.Fork();
        Assert.False(IsComplete());

        branch.Join(call);
        Assert.True(IsComplete());
        record.JoinBranches();
        Assert.True(IsComplete());
        record.Info.ReconcilePending();
        Assert.True(IsComplete());
        Assert.False(record.HasLeftCalls);

        record.Branch().Fork();
        record.JoinBranches();
        Assert.False(IsComplete());
        Assert.True(record.HasLeftCalls);

        bool IsComplete()
        {
            record.FindPartitions(out bool isComplete);
            return isComplete;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_ended_one_says_whether_calls_were_left_when_it_ended(bool isBack)
    {
        var record = new OrleansRecord(NewInfo());
        TransactionInfo branch = record.Branch();
        TransactionInfo call = branch.Fork();
        if (isBack) branch.Join(call);

        record.MarkEnded();
        record.MarkEnded();

        Assert.Equal(!isBack, record.HasLeftCalls);
        Assert.True(OrleansRecord.HasEnded(branch));
    }

    private static TransactionInfo NewInfo()
        => new(Guid.NewGuid(), DateTime.UnixEpoch, DateTime.UnixEpoch);
}
