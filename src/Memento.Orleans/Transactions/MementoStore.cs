using Memento.Keys;
using Memento.Messages;
using Memento.Participants;
using Memento.Tables;

namespace Memento.Transactions;

/// <summary>The store of an application, in a silo and in a client.</summary>
internal sealed class MementoStore(
    TransactionRunner runner,
    SnapshotRunner snapshots,
    CurrentTransaction current,
    TableRegistry tables,
    ITables administration,
    StoreLifetime lifetime,
    SystemInfoClient info,
    IGrainFactory grains) : IMemento
{
    public ITransaction? Current => current.Find();

    public ITables Tables { get; } = administration;

    public async Task<T> TransactionAsync<T>(
        Func<ITransaction, Task<T>> body,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        if (Current is { } running) return await running.NestedAsync(body, cancellationToken);

        TransactionResult<T> result = await runner.RunAsync(body, options, cancellationToken);
        return result.Ok ? result.Value! : throw new TransactionAbortedException(result.Reason);
    }

    public Task TransactionAsync(
        Func<ITransaction, Task> body,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default)
        => TransactionAsync(TransactionScope.WithoutValue(body), options, cancellationToken);

    public Task<TransactionResult<T>> TryTransactionAsync<T>(
        Func<ITransaction, Task<T>> body,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default)
        => Current is { } running
            ? running.TryNestedAsync(body, cancellationToken)
            : runner.RunAsync(body, options, cancellationToken);

    public async Task<TransactionResult> TryTransactionAsync(
        Func<ITransaction, Task> body,
        TransactionOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        TransactionResult<bool> result = await TryTransactionAsync(
            TransactionScope.WithoutValue(body), options, cancellationToken);
        return result.WithoutValue();
    }

    public async Task<T> SnapshotAsync<T>(
        Func<ISnapshot, Task<T>> body,
        SnapshotOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        if (Current is not null)
        {
            throw new MementoException(
                "A snapshot was asked for inside a transaction, whose writes it would not see. "
                + "Read through the transaction, or take the snapshot before it begins.");
        }

        return await snapshots.RunAsync(body, options, cancellationToken);
    }

    public Task SnapshotAsync(
        Func<ISnapshot, Task> body,
        SnapshotOptions? options = null,
        CancellationToken cancellationToken = default)
        => SnapshotAsync(TransactionScope.WithoutValue(body), options, cancellationToken);

    public Task<SystemInfo> InfoAsync(CancellationToken cancellationToken = default)
        => info.AskAsync(cancellationToken);

    public Task DecideAsync(
        Guid transactionId,
        TransactionDecision decision,
        CancellationToken cancellationToken = default)
        => info.DecideAsync(transactionId, decision, cancellationToken);

    public ITable<T> Table<T>()
        where T : class
        => new TableClient<T>(this, snapshots, tables.Get<T>());

    public IRecord<T> GetRecord<T>(object key)
        where T : class
    {
        TableDefinition table = tables.Get<T>();
        Key encoded = table.KeyCodec.EncodeArgument(key);
        lifetime.ThrowIfNotRunning();
        return grains.GetGrain<IRecord<T>>(RecordGrainKey.Of(table.Name, encoded));
    }
}
