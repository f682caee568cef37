using System.Diagnostics;
using Memento.Diagnostics;

namespace Memento.Transactions;

/// <content>
/// Around transactions and attempts, while anybody listens to metrics or traces: whoever does not
/// pays for none of it.
/// </content>
internal sealed partial class TransactionRunner
{
    private async Task<TransactionResult<T>> RunWatchedAsync<T>(
        Func<ITransaction, Task<T>> body,
        TransactionOptions? options,
        CancellationToken cancellationToken)
    {
        using Activity? activity = tracing.StartTransaction();
        try
        {
            TransactionResult<T> result = await RunUnwatchedAsync(body, options, cancellationToken);
            if (result.Ok)
                metrics.Committed();
            else
                metrics.Aborted(AbortReason.Aborted);
            StoreTracing.End(activity, result.Ok ? "committed" : AbortReason.Aborted);
            return result;
        }
        catch (Exception error)
        {
            metrics.Aborted(AbortReason.Of(error));
            StoreTracing.End(activity, AbortReason.Of(error), error);
            throw;
        }
    }

    private async Task RunOnceWatchedAsync<T>(TransactionAttempt<T> attempt, int number)
    {
        using Activity? activity = tracing.StartAttempt(number);
        await RunOnceAsync(attempt);
        if (attempt.State is not { } state) return;

        StoreTracing.Name(activity, state.Id);
        MementoException? error = state.Doom ?? state.Result?.Error;
        string outcome = state.Result is { IsCommitted: true } ? "committed"
            : error is null ? AbortReason.Aborted
            : AbortReason.Of(error);
        StoreTracing.End(activity, outcome, error);
    }
}
