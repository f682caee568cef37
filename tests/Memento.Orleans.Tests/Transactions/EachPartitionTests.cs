using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tests.Conformance;

namespace Memento.Tests.Transactions;

public sealed class EachPartitionTests
{
    [Fact]
    public async Task A_call_that_fails_at_once_does_not_end_it_before_the_others_have_ended()
    {
        var first = new TaskCompletionSource<long>();
        List<int> begun = [];
        Task<long[]> all = EachPartition.ExecuteAsync(
            begun,
            [4, 7, 9],
            new Operation<long>[] { new CountOperation() },
            (numbers, number, _) =>
            {
                numbers.Add(number);
                return number switch
                {
                    4 => new ValueTask<long>(first.Task),
                    7 => throw new PlainException("It fails before it has a task."),
                    _ => new ValueTask<long>(1),
                };
            }).AsTask();

        Assert.Equal([4, 7, 9], begun);
        Assert.False(all.IsCompleted);
        first.SetResult(2);
        await Assert.ThrowsAsync<PlainException>(() => all.Within());
    }
}
