using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Memento.Keys;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Queries.Evaluation;
using Memento.Queries.Translation;
using Memento.Tables;
using Memento.Transactions.Reading;

namespace Memento.Transactions;

/// <summary>
/// The argument of a body: the transaction itself, or a savepoint inside it. Turns calls on records
/// into operations on partitions.
/// </summary>
internal sealed partial class TransactionScope : ITransaction, ITransactionBody, IReadingScope
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

    public QueryRunner Queries
    {
        get
        {
            TransactionScope scope = Use();
            return scope._queries ??= new QueryRunner(scope._sender);
        }
    }

    public PageReader Pages
    {
        get
        {
            TransactionScope scope = Use();
            return scope._pages ??= new PageReader(scope.Queries, scope._tools.PageKeys);
        }
    }

    /// <summary>Sends operations on behalf of the body.</summary>
    internal OperationSender Sender => Use()._sender;

    private TableKeys Keys
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
            table, new ReadOperation(encoded, mode == LockMode.Write), cancellationToken)
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
            table, new ReadAllOperation(encoded, mode == LockMode.Write), cancellationToken)
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
            QueryShape.All(Use<T>()), cancellationToken, writes: mode == LockMode.Write)
            .ConfigureAwait(false);

    public ValueTask<IReadOnlyList<T>> MatchAsync<T>(
        object properties, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(properties);
        return SelectAsync<T>(
            MatchGuard.From(properties, Use<T>()), limit: null, cancellationToken);
    }

    public ValueTask<IReadOnlyList<T>> SelectAsync<T>(
        Expression<Func<T, bool>> where,
        int? limit = null,
        CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(where);
        return SelectAsync<T>(GuardTranslator.Translate(where), limit, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<T>> SelectAsync<T>(
        Guard where, int? limit = null, CancellationToken cancellationToken = default)
        where T : class
        => await Queries.ListAsync<T>(ShapeOf<T>(where, limit), cancellationToken)
            .ConfigureAwait(false);

    public ValueTask<IReadOnlyList<TResult>> SelectAsync<T, TResult>(
        Expression<Func<T, bool>> where,
        Func<T, TResult> projection,
        int? limit = null,
        CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(where);
        return SelectAsync(GuardTranslator.Translate(where), projection, limit, cancellationToken);
    }

    public ValueTask<IReadOnlyList<TResult>> SelectAsync<T, TResult>(
        Guard where,
        Func<T, TResult> projection,
        int? limit = null,
        CancellationToken cancellationToken = default)
        where T : class
    {
        QueryShape shape = ShapeOf<T>(where, limit);
        return new TableQuery<T>(this, shape, []).Select(projection).ToListAsync(cancellationToken);
    }

    public ITableQuery<T> Query<T>()
        where T : class
        => new TableQuery<T>(this, QueryShape.All(Use<T>()), []);

    public ValueTask<Page<T>> PageAsync<T>(
        Expression<Func<T, bool>> where,
        int size,
        string? after = null,
        CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(where);
        return PageAsync<T>(GuardTranslator.Translate(where), size, after, cancellationToken);
    }

    public ValueTask<Page<T>> PageAsync<T>(
        Guard where,
        int size,
        string? after = null,
        CancellationToken cancellationToken = default)
        where T : class
        => Pages.ReadAsync<T>(ShapeOf<T>(where, limit: null), size, after, cancellationToken);

    public ValueTask<long> CountAsync<T>(CancellationToken cancellationToken = default)
        where T : class
        => Queries.CountAsync(QueryShape.All(Use<T>()), cancellationToken);

    public async ValueTask<TState> FoldAsync<T, TState>(
        TState seed,
        Func<TState, T, TState> fold,
        CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(fold);
        TState state = seed;
        foreach (T record in await AllAsync<T>(LockMode.Read, cancellationToken))
            state = fold(state, record);
        return state;
    }

    public ValueTask<object?> FirstKeyAsync<T>(CancellationToken cancellationToken = default)
        where T : class
        => Keys.SeekAsync(Use<T>(), from: null, isBackward: false, cancellationToken);

    public ValueTask<object?> LastKeyAsync<T>(CancellationToken cancellationToken = default)
        where T : class
        => Keys.SeekAsync(Use<T>(), from: null, isBackward: true, cancellationToken);

    public ValueTask<object?> NextKeyAsync<T>(
        object key, CancellationToken cancellationToken = default)
        where T : class
    {
        TableDefinition table = Use<T>();
        return Keys.SeekAsync(
            table, table.KeyCodec.EncodeArgument(key), isBackward: false, cancellationToken);
    }

    public ValueTask<object?> PreviousKeyAsync<T>(
        object key, CancellationToken cancellationToken = default)
        where T : class
    {
        TableDefinition table = Use<T>();
        return Keys.SeekAsync(
            table, table.KeyCodec.EncodeArgument(key), isBackward: true, cancellationToken);
    }

    public ValueTask<IReadOnlyList<object>> AllKeysAsync<T>(
        CancellationToken cancellationToken = default)
        where T : class
        => Keys.AllAsync(Use<T>(), cancellationToken);

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

    private QueryShape ShapeOf<T>(Guard where, int? limit)
    {
        ArgumentNullException.ThrowIfNull(where);
        if (limit is { } most) ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(limit));
        return QueryShape.Filtered(Use<T>(), where) with { Take = limit };
    }

    private TableDefinition Use<T>()
    {
        ThrowIfEnded();
        return _tools.Tables.Get(typeof(T));
    }

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
internal sealed record TransactionTools(
    TableRegistry Tables, IPartitions Partitions, IPageKeys PageKeys);
