using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>Carries out operations in several partitions of a transaction.</summary>
internal static class EachPartition
{
    /// <inheritdoc cref="TransactionState.ExecuteEachAsync"/>
    public static async ValueTask<TResult[]> ExecuteAsync<TResult>(
        TransactionState state,
        TableDefinition table,
        IReadOnlyList<int> numbers,
        IReadOnlyList<Operation<TResult>> operations,
        Savepoint? savepoint,
        CancellationToken cancellationToken)
    {
        var answers = new TResult[numbers.Count];
        List<(int Place, Task<TResult> Answer)>? waiting = null;
        for (int place = 0; place < answers.Length; place++)
        {
            ValueTask<TResult> answer = BeginAsync(
                state,
                table,
                numbers[place],
                operations[operations.Count == 1 ? 0 : place],
                savepoint,
                cancellationToken);
            if (answer.IsCompletedSuccessfully)
                answers[place] = answer.Result;
            else
                (waiting ??= []).Add((place, answer.AsTask()));
        }

        if (waiting is null) return answers;

        // All tasks, also if one fails: no call may still run after its caller has ended.
        await Task.WhenAll(waiting.Select(static each => each.Answer)).ConfigureAwait(false);
        foreach ((int place, Task<TResult> answer) in waiting)
            answers[place] = await answer.ConfigureAwait(false);
        return answers;
    }

    /// <summary>Begins an operation. Its exceptions are in the task.</summary>
    private static ValueTask<TResult> BeginAsync<TResult>(
        TransactionState state,
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        Savepoint? savepoint,
        CancellationToken cancellationToken)
    {
        try
        {
            return state.BeginAsync(table, number, operation, savepoint, cancellationToken);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<TResult>(exception);
        }
    }
}
