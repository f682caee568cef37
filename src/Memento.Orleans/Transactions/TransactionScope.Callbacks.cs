using Memento.Storage;

namespace Memento.Transactions;

/// <content>What runs after the end.</content>
internal sealed partial class TransactionScope
{
    public int Attempt { get; init; }

    /// <summary>Whether this process learns how the transaction ends.</summary>
    public bool LearnsEnd { get; init; } = true;

    public void OnCommitted(Action callback)
        => Add(TransactionOutcome.Committed, AsTask(callback));

    public void OnCommitted(Func<Task> callback) => Add(TransactionOutcome.Committed, callback);

    public void OnAborted(Action callback) => Add(TransactionOutcome.Aborted, AsTask(callback));

    public void OnAborted(Func<Task> callback) => Add(TransactionOutcome.Aborted, callback);

    private static Func<Task> AsTask(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return () =>
        {
            callback();
            return Task.CompletedTask;
        };
    }

    private void Add(TransactionOutcome after, Func<Task> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        TransactionScope scope = Use();
        if (!LearnsEnd)
        {
            throw new MementoException(
                $"This grain method has joined transaction {Id}, which began elsewhere, and does "
                + "not learn how it ends. Register the callback in the body that began it.");
        }

        _state.UseCallbacks().Add(scope, after, callback);
    }

    /// <summary>Whether it is a body, or one inside it.</summary>
    private bool IsInside(TransactionScope body)
    {
        for (TransactionScope? scope = this; scope is not null; scope = scope._parent)
        {
            if (scope == body) return true;
        }

        return false;
    }
}
