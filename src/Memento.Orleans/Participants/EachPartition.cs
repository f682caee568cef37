using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>Carries out operations in several partitions of a transaction.</summary>
internal static class EachPartition
{
    /// <inheritdoc cref="TransactionState.ExecuteEachAsync"/>
    public static async ValueTask<object?[]> ExecuteAsync(
        TransactionState state,
        TableDefinition table,
        IReadOnlyList<int> numbers,
        IReadOnlyList<Operation> operations,
        Savepoint? savepoint,
        CancellationToken cancellationToken)
    {
        var answers = new object?[numbers.Count];
        List<(int Place, Task<object?> Answer)>? waiting = null;
        for (int place = 0; place < answers.Length; place++)
        {
            ValueTask<object?> answer = BeginAsync(
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

        // All of them, also when one fails: a call that still runs may not outlive its caller.
        await Task.WhenAll(waiting.Select(static each => each.Answer)).ConfigureAwait(false);
        foreach ((int place, Task<object?> answer) in waiting)
            answers[place] = await answer.ConfigureAwait(false);
        return answers;
    }

    /// <summary>Begins an operation; what it throws comes with the task.</summary>
    private static ValueTask<object?> BeginAsync(
        TransactionState state,
        TableDefinition table,
        int number,
        Operation operation,
        Savepoint? savepoint,
        CancellationToken cancellationToken)
    {
        try
        {
            return state.BeginAsync(table, number, operation, savepoint, cancellationToken);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<object?>(exception);
        }
    }
}
