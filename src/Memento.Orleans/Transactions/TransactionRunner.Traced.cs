using Memento.Diagnostics;

namespace Memento.Transactions;

/// <content>
/// Around transactions and attempts, while anybody listens to traces: whoever does not pays for
/// none of it.
/// </content>
internal sealed partial class TransactionRunner
{
    private async Task<TransactionResult<T>> RunTracedAsync<T>(
        Func<ITransaction, Task<T>> body,
        TransactionOptions? options,
        CancellationToken cancellationToken)
    {
        using StoreActivity activity = tracing.StartTransaction();
        TransactionResult<T> result;
        try
        {
            result = await RunCountedAsync(body, options, cancellationToken);
        }
        catch (Exception error)
        {
            activity.End(AbortReason.Of(error), error);
            throw;
        }

        activity.End(result.Ok ? AbortReason.None : AbortReason.Aborted);
        return result;
    }

    private async Task RunOnceTracedAsync<T>(TransactionAttempt<T> attempt, int number)
    {
        using StoreActivity activity = tracing.StartAttempt(number);
        await RunOnceAsync(attempt);
        if (attempt.State is { } state) activity.Name(state.Id);
        activity.End(attempt.DescribeOutcome(out Exception? error), error);
    }
}
