using Memento.Participants;
using Memento.Partitions;

namespace Memento.Transactions;

/// <content>Nested bodies.</content>
internal sealed partial class TransactionScope
{
    public async Task<T> NestedAsync<T>(
        Func<ITransaction, Task<T>> body, CancellationToken cancellationToken = default)
    {
        TransactionResult<T> result = await RunNestedAsync(
            body, throwsAborted: true, cancellationToken);
        return result.Value!;
    }

    public async Task NestedAsync(
        Func<ITransaction, Task> body, CancellationToken cancellationToken = default)
        => await RunNestedAsync(WithoutValue(body), throwsAborted: true, cancellationToken);

    public Task<TransactionResult<T>> TryNestedAsync<T>(
        Func<ITransaction, Task<T>> body, CancellationToken cancellationToken = default)
        => RunNestedAsync(body, throwsAborted: false, cancellationToken);

    public async Task<TransactionResult> TryNestedAsync(
        Func<ITransaction, Task> body, CancellationToken cancellationToken = default)
    {
        TransactionResult<bool> result = await RunNestedAsync(
            WithoutValue(body), throwsAborted: false, cancellationToken);
        return result.WithoutValue();
    }

    /// <summary>Wraps a body without a value as a body with one.</summary>
    internal static Func<TReader, Task<bool>> WithoutValue<TReader>(Func<TReader, Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return async reader =>
        {
            await body(reader);
            return true;
        };
    }

    // The body runs in the context of its caller (a grain's scheduler), which must not be left
    // before.
    private async Task<TransactionResult<T>> RunNestedAsync<T>(
        Func<ITransaction, Task<T>> body, bool throwsAborted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        cancellationToken.ThrowIfCancellationRequested();
        TransactionScope parent = Use();
        OperationSender outer = parent._sender;
        _state.ThrowIfOver(outer.Savepoint);

        Savepoints savepoints = _state.UseSavepoints();
        NestedScopes running = _state.UseNested();
        Savepoint savepoint = savepoints.BeginBody(outer.Savepoint);
        var nested = new TransactionScope(outer.Inside(savepoint), _tools, parent)
        {
            LearnsEnd = LearnsEnd,
        };
        running.Add(savepoint, nested);
        SavepointContext.Set(Id, savepoint);
        _state.BeginCall(outer.Savepoint);
        int foreignBefore = outer.CountForeignWrites();
        Exception? reason = null;
        bool isKept = false;
        try
        {
            T value = await body(nested);
            nested.End();
            _state.ThrowIfOver(savepoint);
            if (nested.Aborted is not null) throw nested.Aborted;
            if (savepoint.HasCallsUnderWay) throw NestedErrors.StillRunning(Id);
            isKept = true;
            return new TransactionResult<T>(Ok: true, value, Reason: null);
        }
        catch (TransactionAbortedException aborted)
            when (!throwsAborted && ReferenceEquals(aborted, nested.Aborted))
        {
            reason = aborted;
            return new TransactionResult<T>(Ok: false, default, aborted.Reason);
        }
        catch (Exception exception)
        {
            reason = exception;
            throw;
        }
        finally
        {
            nested.End();
            if (!isKept)
            {
                _state.Callbacks?.Undo(body => ((TransactionScope)body).IsInside(nested));
                outer.GiveUpForeign(foreignBefore, reason);
                await _state.RollbackAsync(savepoint, alsoInGrains: true);
            }

            running.Remove(savepoint);
            savepoints.End(savepoint);
            _state.EndCall(outer.Savepoint);
        }
    }
}
