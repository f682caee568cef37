using System.Linq.Expressions;
using Memento.Queries.Evaluation;
using Memento.Queries.Translation;
using Memento.Tables;
using Memento.Transactions.Reading;

namespace Memento.Transactions;

/// <summary>
/// The reading half of a body. What is the same in a transaction and in a snapshot is here.
/// </summary>
internal abstract class RecordReader : IRecordReader, IReadingScope
{
    public abstract QueryRunner Queries { get; }

    public abstract PageReader Pages { get; }

    protected abstract TableKeys Keys { get; }

    public abstract ValueTask<T?> ReadAsync<T>(
        object key, CancellationToken cancellationToken = default)
        where T : class;

    public abstract ValueTask<IReadOnlyList<T>> ReadAllAsync<T>(
        object key, CancellationToken cancellationToken = default)
        where T : class;

    public abstract ValueTask<IReadOnlyList<T>> AllAsync<T>(
        CancellationToken cancellationToken = default)
        where T : class;

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
        foreach (T record in await AllAsync<T>(cancellationToken))
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

    /// <summary>The table of a record type, if the body is still running.</summary>
    protected abstract TableDefinition Use<T>()
        where T : class;

    private QueryShape ShapeOf<T>(Guard where, int? limit)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(where);
        if (limit is { } most) ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(limit));
        return QueryShape.Filtered(Use<T>(), where) with { Take = limit };
    }
}
