using Memento.Keys;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Snapshots;
using Memento.Tables;
using Memento.Transactions.Reading;

namespace Memento.Transactions;

/// <summary>The argument of the body of a snapshot.</summary>
internal sealed class SnapshotScope : RecordReader, ISnapshot, IOperationSender
{
    private readonly IOpenSnapshot _snapshot;
    private readonly TransactionTools _tools;
    private readonly QueryRunner _queries;
    private volatile bool _hasEnded;

    public SnapshotScope(IOpenSnapshot snapshot, TransactionTools tools)
    {
        _snapshot = snapshot;
        _tools = tools;
        _queries = new QueryRunner(this);
    }

    public long Stamp => _snapshot.Stamp;

    public override QueryRunner Queries
    {
        get
        {
            ThrowIfEnded();
            return _queries;
        }
    }

    public override PageReader Pages => new(Queries, _tools.PageKeys);

    public bool SharesMemory => _snapshot.SharesMemory;

    public bool MayLackIndexes => true;

    protected override TableKeys Keys => new(this);

    private IOperationSender Sender => this;

    public override async ValueTask<T?> ReadAsync<T>(
        object key, CancellationToken cancellationToken = default)
        where T : class
    {
        TableDefinition table = Use<T>();
        Key encoded = table.KeyCodec.EncodeArgument(key);
        object? record = await Sender.SendAsync(
            table, new ReadOperation(encoded, writes: false), cancellationToken)
            .ConfigureAwait(false);
        return record is null ? null : (T)Sender.Own(table, record);
    }

    public override async ValueTask<IReadOnlyList<T>> ReadAllAsync<T>(
        object key, CancellationToken cancellationToken = default)
    {
        TableDefinition table = Use<T>();
        Key encoded = table.KeyCodec.EncodeArgument(key);
        object[] records = await Sender.SendAsync(
            table, new ReadAllOperation(encoded, writes: false), cancellationToken)
            .ConfigureAwait(false);
        return Array.ConvertAll(records, record => (T)Sender.Own(table, record));
    }

    public override async ValueTask<IReadOnlyList<T>> AllAsync<T>(
        CancellationToken cancellationToken = default)
        => await Queries.ListAsync<T>(QueryShape.All(Use<T>()), cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<TResult> SendAsync<TResult>(
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        CancellationToken cancellationToken)
    {
        // An enumeration may go on after the body.
        ThrowIfEnded();
        return _snapshot.ReadAsync(table, number, operation, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TResult[]> SendToEachAsync<TResult>(
        TableDefinition table,
        IReadOnlyList<int> numbers,
        IReadOnlyList<Operation<TResult>> operations,
        CancellationToken cancellationToken)
        => EachPartition.ExecuteAsync(
            (Scope: this, Table: table, Token: cancellationToken),
            numbers,
            operations,
            static (on, number, operation) => on.Scope.SendAsync(
                on.Table, number, operation, on.Token));

    /// <summary>Ends the scope: every later call is an error.</summary>
    public void End()
    {
        _hasEnded = true;
        _snapshot.End();
    }

    protected override TableDefinition Use<T>()
    {
        ThrowIfEnded();
        return _tools.Tables.Get<T>();
    }

    private void ThrowIfEnded()
    {
        if (_hasEnded) throw new SnapshotEndedException(SnapshotEnds.Body);
    }
}
