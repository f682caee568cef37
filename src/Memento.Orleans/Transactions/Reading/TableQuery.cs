using System.Linq.Expressions;
using System.Numerics;
using Memento.Keys;
using Memento.Partitions;
using Memento.Queries.Evaluation;
using Memento.Queries.Orders;
using Memento.Queries.Translation;

namespace Memento.Transactions.Reading;

/// <summary>A query over the records of a table.</summary>
/// <param name="scope">The body that asks.</param>
/// <param name="shape">The parts of the query.</param>
/// <param name="order">The order as it was written in the query.</param>
internal sealed partial class TableQuery<T>(
    IReadingScope scope, QueryShape shape, IReadOnlyList<OrderPart> order)
    : Query<T>, IOrderedTableQuery<T>
    where T : class
{
    private static readonly Comparer<byte[]> Places = Comparer<byte[]>.Create(
        static (one, other) => one.AsSpan().SequenceCompareTo(other));

    public ITableQuery<T> Where(Expression<Func<T, bool>> where)
    {
        ArgumentNullException.ThrowIfNull(where);
        return Where(GuardTranslator.Translate(where));
    }

    public ITableQuery<T> Where(Guard where)
    {
        ArgumentNullException.ThrowIfNull(where);
        ThrowIfWindowed(nameof(Where));
        GuardValidator.Validate(shape.Table, where);
        return With(shape with { Where = Guard.And(shape.Where, where) });
    }

    public IOrderedTableQuery<T> OrderBy<TKey>(Expression<Func<T, TKey>> property)
        => OrderBy(nameof(OrderBy), [], property, isDescending: false);

    public IOrderedTableQuery<T> OrderByDescending<TKey>(Expression<Func<T, TKey>> property)
        => OrderBy(nameof(OrderByDescending), [], property, isDescending: true);

    public IOrderedTableQuery<T> ThenBy<TKey>(Expression<Func<T, TKey>> property)
        => OrderBy(nameof(ThenBy), order, property, isDescending: false);

    public IOrderedTableQuery<T> ThenByDescending<TKey>(Expression<Func<T, TKey>> property)
        => OrderBy(nameof(ThenByDescending), order, property, isDescending: true);

    public ITableQuery<T> ForUpdate(bool skipLocked = false)
    {
        if (scope is not ITransaction)
        {
            throw new QueryNotSupportedException(
                nameof(ForUpdate),
                "A snapshot takes no locks, and cannot be written to. Use it in a transaction.");
        }

        return With(shape with
        {
            Locks = skipLocked ? ResultLocks.WriteUnlocked : ResultLocks.Write,
        });
    }

    public ITableQuery<T> UseIndex(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return With(shape with { Hint = shape.Table.RequireIndex(name) });
    }

    public async ValueTask<long> DeleteAsync(CancellationToken cancellationToken = default)
    {
        ITransaction transaction = Writing(nameof(DeleteAsync));
        List<T> found = await ClaimAsync(cancellationToken).ConfigureAwait(false);
        return await DeleteEachAsync(transaction, found, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<long> UpdateAsync(
        Func<T, T?> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        ITransaction transaction = Writing(nameof(UpdateAsync));

        // No ConfigureAwait: the change is code of the caller, and runs in the caller's context.
        List<T> found = await ClaimAsync(cancellationToken);
        return await ChangeEachAsync(transaction, found, change, cancellationToken);
    }

    public ValueTask<long> DeleteInBatchesAsync(
        int size = 1000,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
        => throw NoBatches(nameof(DeleteInBatchesAsync));

    public ValueTask<long> UpdateInBatchesAsync(
        Func<T, T?> change,
        int size = 1000,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
        => throw NoBatches(nameof(UpdateInBatchesAsync));

    public override ITableQuery<T> Skip(int count) => With(shape.Without(count));

    public override ITableQuery<T> Take(int count) => With(shape.Limited(count));

    public override async ValueTask<IReadOnlyList<T>> ToListAsync(
        CancellationToken cancellationToken = default)
        => shape.Locks == ResultLocks.Read
            ? await scope.Queries.ListAsync<T>(shape, cancellationToken).ConfigureAwait(false)
            : await ClaimAsync(cancellationToken).ConfigureAwait(false);

    public override ValueTask<long> CountAsync(CancellationToken cancellationToken = default)
        => scope.Queries.CountAsync(Reading(nameof(CountAsync)), cancellationToken);

    public override ValueTask<bool> AnyAsync(CancellationToken cancellationToken = default)
        => scope.Queries.AnyAsync(Reading(nameof(AnyAsync)), cancellationToken);

    public override IAsyncEnumerable<T> AsAsyncEnumerable()
        => scope.Queries.StreamAsync<T>(Reading(nameof(AsAsyncEnumerable)), CancellationToken.None);

    public override ValueTask<QueryExplanation> ExplainAsync(
        CancellationToken cancellationToken = default)
        => scope.Queries.ExplainAsync(Reading(nameof(ExplainAsync)), cancellationToken);

    public ValueTask<TValue> MinAsync<TValue>(
        Expression<Func<T, TValue>> property, CancellationToken cancellationToken = default)
        => FindExtremeAsync(property, isGreatest: false, cancellationToken);

    public ValueTask<TValue> MaxAsync<TValue>(
        Expression<Func<T, TValue>> property, CancellationToken cancellationToken = default)
        => FindExtremeAsync(property, isGreatest: true, cancellationToken);

    public async ValueTask<IReadOnlyDictionary<TKey, long>> CountByAsync<TKey>(
        Expression<Func<T, TKey>> property, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(property);
        ThrowIfWindowed(nameof(CountByAsync));
        Reading(nameof(CountByAsync));
        string path = OrderPath.Of(property);
        GroupValue value = GroupValue.Compile(shape.Table, path);
        IEnumerable<GroupCount> groups = await scope.Queries.CountByAsync(
            shape, path, cancellationToken).ConfigureAwait(false);
        return GroupCounts<TKey>.Merge(value, path, groups);
    }

    public async ValueTask<TValue> SumAsync<TValue>(
        Func<T, TValue> value, CancellationToken cancellationToken = default)
        where TValue : struct, INumber<TValue>
    {
        ArgumentNullException.ThrowIfNull(value);
        TValue sum = TValue.Zero;
        foreach (T record in await ToListAsync(cancellationToken))
            sum = checked(sum + value(record));
        return sum;
    }

    public async ValueTask<TValue?> SumAsync<TValue>(
        Func<T, TValue?> value, CancellationToken cancellationToken = default)
        where TValue : struct, INumber<TValue>
    {
        ArgumentNullException.ThrowIfNull(value);
        return await SumAsync(record => value(record) ?? TValue.Zero, cancellationToken);
    }

    public ValueTask<Page<T>> ToPageAsync(
        int size, string? after = null, CancellationToken cancellationToken = default)
    {
        ThrowIfWindowed(nameof(ToPageAsync));
        return scope.Pages.ReadAsync<T>(
            Reading(nameof(ToPageAsync)), size, after, cancellationToken);
    }

    private TableQuery<T> With(QueryShape changed) => new(scope, changed, order);

    private TableQuery<T> OrderBy<TKey>(
        string call,
        IReadOnlyList<OrderPart> before,
        Expression<Func<T, TKey>> property,
        bool isDescending)
    {
        ArgumentNullException.ThrowIfNull(property);
        ThrowIfWindowed(call);
        OrderPart[] parts = [.. before, new OrderPart(OrderPath.Of(property), isDescending)];
        RecordOrder compiled = RecordOrder.Compile(shape.Table, parts);
        return new(scope, shape with { Order = compiled }, parts);
    }

    /// <summary>The first value in the order of the property, without null.</summary>
    private async ValueTask<TValue> FindExtremeAsync<TValue>(
        Expression<Func<T, TValue>> property, bool isGreatest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(property);
        Reading(isGreatest ? nameof(MaxAsync) : nameof(MinAsync));
        string path = OrderPath.Of(property);
        Guard isThere = Guard.IsNotNull(path);
        RecordOrder byValue = RecordOrder.Compile(shape.Table, [new OrderPart(path, isGreatest)]);
        QueryShape asked = shape.HasWindow
            ? shape
            : (shape with { Where = Guard.And(shape.Where, isThere), Order = byValue }).Limited(1);
        IReadOnlyList<T> found = await scope.Queries.ListAsync<T>(asked, cancellationToken)
            .ConfigureAwait(false);

        // The results of a Skip or Take are compared as an index would: by ordinal, without null.
        IEnumerable<T> valued = found.Where(GuardCompiler.Compile<T>(shape.Table, isThere));
        T? extreme = isGreatest ? valued.MaxBy(Place, Places) : valued.MinBy(Place, Places);
        if (extreme is not null) return property.Compile(preferInterpretation: true)(extreme);
        if (default(TValue) is null) return default!;

        string record = property.Parameters[0].Name ?? "m";
        throw new InvalidOperationException(
            $"No record of table '{shape.Table.Name}' satisfies the query, so that '{path}' has no "
            + $"{(isGreatest ? "greatest" : "least")} value. Ask for a nullable: "
            + $"{record} => ({TypeName.Of<TValue>()}?){record}.{path}.");

        byte[] Place(T record) => byValue.Encode(record, shape.Table.KeyOf(record).Bytes);
    }

    private MementoException NoBatches(string call)
    {
        Writing(call);
        return BatchErrors.InTransaction(call);
    }

    /// <summary>The results, locked for writing.</summary>
    private ValueTask<List<T>> ClaimAsync(CancellationToken cancellationToken)
    {
        if (shape is { Locks: ResultLocks.WriteUnlocked, Skip: > 0 })
        {
            throw new QueryNotSupportedException(
                "ForUpdate(skipLocked: true) with Skip",
                "Which results come first depends on what others have locked. Leave Skip out.");
        }

        return scope.Queries.ClaimAsync<T>(shape, cancellationToken);
    }

    /// <summary>The query, for a call that locks no results for writing.</summary>
    private QueryShape Reading(string call)
        => shape.Locks == ResultLocks.Read
            ? shape
            : throw new QueryNotSupportedException(
                $"{call} after ForUpdate",
                "ForUpdate locks the records that are returned: ToListAsync, FirstOrDefaultAsync, "
                + "SingleOrDefaultAsync and projections of them. Leave ForUpdate out.");

    /// <summary>The transaction, for a call that writes.</summary>
    private ITransaction Writing(string call)
        => scope as ITransaction
            ?? throw new QueryNotSupportedException(
                call, "A snapshot cannot be written to. Use it in a transaction.");

    private void ThrowIfWindowed(string call)
    {
        if (!shape.HasWindow) return;

        throw new QueryNotSupportedException(
            call,
            $"It comes after Skip or Take: call {call} before them, or go on with the list that "
            + "ToListAsync gives.");
    }
}

/// <summary>The body of a query.</summary>
internal interface IReadingScope
{
    /// <summary>Runs queries, as long as the body runs.</summary>
    QueryRunner Queries { get; }

    /// <summary>Reads pages, as long as the body runs.</summary>
    PageReader Pages { get; }
}
