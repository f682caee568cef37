using Memento.Partitions;

namespace Memento.Participants;

/// <summary>Carries out operations in several partitions.</summary>
internal static class EachPartition
{
    /// <summary>
    /// Begins all operations before it waits, and waits for all, also where one fails: no call may
    /// still run after its caller has ended.
    /// </summary>
    /// <param name="context">What to begin an operation needs.</param>
    /// <param name="numbers">The partitions.</param>
    /// <param name="operations">The operation for each partition, or one operation for all.</param>
    /// <param name="begin">Begins an operation in a partition.</param>
    public static async ValueTask<TResult[]> ExecuteAsync<TContext, TResult>(
        TContext context,
        IReadOnlyList<int> numbers,
        IReadOnlyList<Operation<TResult>> operations,
        Func<TContext, int, Operation<TResult>, ValueTask<TResult>> begin)
    {
        var answers = new TResult[numbers.Count];
        List<(int Place, Task<TResult> Answer)>? waiting = null;
        for (int place = 0; place < answers.Length; place++)
        {
            ValueTask<TResult> answer = Begin(
                context,
                numbers[place],
                operations[operations.Count == 1 ? 0 : place],
                begin);
            if (answer.IsCompletedSuccessfully)
                answers[place] = answer.Result;
            else
                (waiting ??= []).Add((place, answer.AsTask()));
        }

        if (waiting is null) return answers;

        await Task.WhenAll(waiting.Select(static each => each.Answer)).ConfigureAwait(false);
        foreach ((int place, Task<TResult> answer) in waiting)
            answers[place] = await answer.ConfigureAwait(false);
        return answers;
    }

    /// <summary>Begins an operation. Its exceptions are in the task.</summary>
    private static ValueTask<TResult> Begin<TContext, TResult>(
        TContext context,
        int number,
        Operation<TResult> operation,
        Func<TContext, int, Operation<TResult>, ValueTask<TResult>> begin)
    {
        try
        {
            return begin(context, number, operation);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<TResult>(exception);
        }
    }
}
