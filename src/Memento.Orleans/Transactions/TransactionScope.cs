using System.Diagnostics.CodeAnalysis;
using Memento.Keys;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tables;
using Memento.Transactions.Reading;
using Orleans.Transactions;

namespace Memento.Transactions;

/// <summary>
/// The argument of a body: the transaction itself, or a savepoint inside it. Turns calls on records
/// into operations on partitions.
/// </summary>
internal sealed partial class TransactionScope : RecordReader, ITransaction, ITransactionBody
{
    private readonly TransactionState _state;
    private readonly TransactionScope? _parent;
    private readonly OperationSender _sender;
    private readonly TransactionTools _tools;
    private RecordWriter? _writer;
    private TableKeys? _keys;
    private QueryRunner? _queries;
    private PageReader? _pages;
    private volatile bool _hasEnded;

    /// <param name="state">The transaction.</param>
    /// <param name="tools">The parts that it uses.</param>
    /// <param name="log">Called with each participant, if the commit is in another process.</param>
    /// <param name="savepoint">
    /// The nested bodies of another process around this scope; null: none.
    /// </param>
    public TransactionScope(
        TransactionState state,
        TransactionTools tools,
        IParticipantLog? log = null,
        Savepoint? savepoint = null)
        : this(new OperationSender(state, tools.Partitions, log, savepoint), tools, parent: null)
    {
    }

    private TransactionScope(
        OperationSender sender, TransactionTools tools, TransactionScope? parent)
    {
        _sender = sender;
        _state = sender.State;
        Attempt = parent?.Attempt ?? _state.Attempt;
        _tools = tools;
        _parent = parent;
    }

    public Guid Id => _state.Id;

    /// <summary>The error of Abort, if the body called it.</summary>
    public TransactionAbortedException? Aborted { get; private set; }

    ITransaction ITransactionBody.Innermost => Innermost;

    /// <summary>
    /// The scope of the innermost body whose flow the caller is in, inside this one. If that body
    /// was undone, a scope that has ended.
    /// </summary>
    internal TransactionScope Innermost
    {
        get
        {
            if (_state.Nested is not { } nested) return this;
            if (nested.TryFindInside(_sender.Savepoint, out ITransactionBody? inner))
                return (TransactionScope?)inner ?? this;

            return new TransactionScope(_sender, _tools, this) { _hasEnded = true };
        }
    }

    public override QueryRunner Queries
    {
        get
        {
            TransactionScope scope = Use();
            return scope._queries ??= new QueryRunner(scope._sender, scope._tools.Claims);
        }
    }

    public override PageReader Pages
    {
        get
        {
            TransactionScope scope = Use();
            return scope._pages ??= new PageReader(scope.Queries, scope._tools.PageKeys);
        }
    }

    /// <summary>Sends operations on behalf of the body.</summary>
    internal OperationSender Sender => Use()._sender;

    protected override TableKeys Keys
    {
        get
        {
            TransactionScope scope = Use();
            return scope._keys ??= new TableKeys(scope._sender);
        }
    }

    private RecordWriter Writer
    {
        get
        {
            TransactionScope scope = Use();
            if (scope._sender.IsReadOnly) throw new OrleansReadOnlyViolatedException($"{Id}");
            return scope._writer ??= new RecordWriter(scope._sender);
        }
    }

    public async ValueTask<T?> ReadAsync<T>(
        object key, LockMode mode = LockMode.Read, CancellationToken cancellationToken = default)
        where T : class
    {
        TableDefinition table = Use<T>();
        Key encoded = table.KeyCodec.EncodeArgument(key);
        object? record = await Sender.SendAsync(
            table, new ReadOperation(encoded, LocksToWrite(mode)), cancellationToken)
            .ConfigureAwait(false);
        return record is null ? null : (T)Sender.Own(table, record);
    }

    public async ValueTask<IReadOnlyList<T>> ReadAllAsync<T>(
        object key, LockMode mode = LockMode.Read, CancellationToken cancellationToken = default)
        where T : class
    {
        TableDefinition table = Use<T>();
        Key encoded = table.KeyCodec.EncodeArgument(key);
        object[] records = await Sender.SendAsync(
            table, new ReadAllOperation(encoded, LocksToWrite(mode)), cancellationToken)
            .ConfigureAwait(false);
        return Array.ConvertAll(records, record => (T)Sender.Own(table, record));
    }

    public async ValueTask<T> WriteAsync<T>(
        T record, LockMode mode = LockMode.Write, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(record);
        return (T)await Writer.WriteAsync(Use<T>(), record, cancellationToken)
            .ConfigureAwait(false);
    }

    public ValueTask<T> UpsertAsync<T>(
        object key,
        Func<T> insert,
        Func<T, T?> update,
        CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(insert);
        ArgumentNullException.ThrowIfNull(update);
        TableDefinition table = Use<T>();
        Key encoded = table.KeyCodec.EncodeArgument(key);
        if (table.Type == TableType.Bag) throw ChangeErrors.OfBag(table);

        return UpsertAsync(table, key, encoded, insert, update, cancellationToken);
    }

    public ValueTask<T> UpsertAsync<T>(
        object key, T insert, Func<T, T?> update, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(insert);
        return UpsertAsync(key, () => insert, update, cancellationToken);
    }

    public override ValueTask<T?> ReadAsync<T>(
        object key, CancellationToken cancellationToken = default)
        where T : class
        => ReadAsync<T>(key, LockMode.Read, cancellationToken);

    public override ValueTask<IReadOnlyList<T>> ReadAllAsync<T>(
        object key, CancellationToken cancellationToken = default)
        => ReadAllAsync<T>(key, LockMode.Read, cancellationToken);

    public override ValueTask<IReadOnlyList<T>> AllAsync<T>(
        CancellationToken cancellationToken = default)
        => AllAsync<T>(LockMode.Read, cancellationToken);

    public ValueTask<bool> DeleteAsync<T>(object key, CancellationToken cancellationToken = default)
        where T : class
    {
        TableDefinition table = Use<T>();
        return Writer.DeleteAsync(table, table.KeyCodec.EncodeArgument(key), cancellationToken);
    }

    public ValueTask<bool> DeleteRecordAsync<T>(
        T record, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(record);
        return Writer.DeleteRecordAsync(Use<T>(), record, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<T>> AllAsync<T>(
        LockMode mode = LockMode.Read, CancellationToken cancellationToken = default)
        where T : class
        => await Queries.ListAsync<T>(
            QueryShape.All(Use<T>()), cancellationToken, writes: LocksToWrite(mode))
            .ConfigureAwait(false);

    public ValueTask LockTableAsync<T>(
        LockMode mode, CancellationToken cancellationToken = default)
        where T : class
        => Keys.LockAsync(Use<T>(), mode == LockMode.Write, cancellationToken);

    public async ValueTask LockRecordAsync<T>(
        object key, LockMode mode, CancellationToken cancellationToken = default)
        where T : class
    {
        TableDefinition table = Use<T>();
        Key encoded = table.KeyCodec.EncodeArgument(key);
        await Sender.SendAsync(
            table,
            new LockRecordOperation(encoded, mode == LockMode.Write),
            cancellationToken).ConfigureAwait(false);
    }

    [DoesNotReturn]
    public void Abort(string? reason = null)
    {
        ThrowIfEnded();
        throw Aborted = new TransactionAbortedException(reason);
    }

    /// <summary>Ends the scope: every later call is an error.</summary>
    public void End() => _hasEnded = true;

    protected override TableDefinition Use<T>()
    {
        ThrowIfEnded();
        return _tools.Tables.Get<T>();
    }

    private async ValueTask<T> UpsertAsync<T>(
        TableDefinition table,
        object key,
        Key encoded,
        Func<T> insert,
        Func<T, T?> update,
        CancellationToken cancellationToken)
        where T : class
    {
        // No ConfigureAwait: the functions are code of the caller, and run in its context.
        T? old = await ReadAsync<T>(key, LockMode.Write, cancellationToken);
        T? next = old is null ? insert() : update(old);
        if (next is not null)
        {
            ChangeErrors.ThrowIfOtherKey(table, encoded, next);
            return await WriteAsync(next, LockMode.Write, cancellationToken);
        }

        if (old is null) throw ChangeErrors.NothingInserted(table, encoded);

        // The update may have changed the object that it was given.
        return (await ReadAsync<T>(key, LockMode.Write, cancellationToken))!;
    }

    /// <summary>
    /// Whether a read locks for writing: because it says so, or the grain call of Orleans does.
    /// </summary>
    private bool LocksToWrite(LockMode mode)
        => mode == LockMode.Write || _sender.LocksForWriting;

    /// <summary>The running scope of the caller.</summary>
    private TransactionScope Use()
    {
        ThrowIfEnded();
        TransactionScope innermost = Innermost;
        innermost.ThrowIfEnded();
        return innermost;
    }

    private void ThrowIfEnded()
    {
        for (TransactionScope? scope = this; scope is not null; scope = scope._parent)
        {
            if (scope._hasEnded) throw Ended();
        }
    }

    private MementoException Ended()
        => _state.Doom as TransactionTimeoutException as MementoException
            ?? new NoTransactionException(
                $"Transaction {Id} has ended. Use a transaction only inside its body, and await "
                + "every call.");
}

/// <summary>The parts that every transaction of a process uses.</summary>
/// <param name="Tables">The registered tables.</param>
/// <param name="Partitions">Finds partitions.</param>
/// <param name="PageKeys">Gets the secret that signs continuations of pages.</param>
/// <param name="Claims">Has a silo claim records; null in a silo.</param>
internal sealed record TransactionTools(
    TableRegistry Tables,
    IPartitions Partitions,
    IPageKeys PageKeys,
    IClaims? Claims = null);
