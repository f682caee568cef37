namespace Memento;

/// <summary>
/// What a query gives, in its order. A query is immutable: every call makes another one, and nothing is
/// read before one of the calls that wait.
/// </summary>
/// <typeparam name="TResult">What it gives: records, or what was made of them.</typeparam>
/// <remarks>
/// The calls that wait throw what every call of <see cref="ITransaction"/> throws, and
/// <see cref="QueryNotSupportedException"/> where the query holds what the store cannot evaluate.
/// </remarks>
public interface IQuery<TResult>
{
    /// <summary>Leaves out the first results.</summary>
    /// <param name="count">How many, 0 or more.</param>
    IQuery<TResult> Skip(int count);

    /// <summary>Gives no more than so many results.</summary>
    /// <param name="count">How many, 0 or more.</param>
    IQuery<TResult> Take(int count);

    /// <summary>Makes something of each result, where the query is asked: any C# will do.</summary>
    /// <param name="projection">Makes it.</param>
    IQuery<TNext> Select<TNext>(Func<TResult, TNext> projection);

    /// <summary>Reads all results.</summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    ValueTask<IReadOnlyList<TResult>> ToListAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads the first result; the default where there is none.</summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    ValueTask<TResult?> FirstOrDefaultAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads the only result; the default where there is none.</summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    /// <exception cref="InvalidOperationException">There are several.</exception>
    ValueTask<TResult?> SingleOrDefaultAsync(CancellationToken cancellationToken = default);

    /// <summary>Counts the results where they are; no record is copied or sent.</summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    ValueTask<long> CountAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether there is any result; no record is copied or sent.</summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    ValueTask<bool> AnyAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads the results in portions, each when it is needed: what is never reached is neither read nor
    /// locked. The enumeration has to end inside the transaction's body; of what the body writes meanwhile
    /// it may meet what lies ahead of it.
    /// </summary>
    IAsyncEnumerable<TResult> AsAsyncEnumerable();

    /// <summary>
    /// Runs the query without its results, and says how: the way to the records, what is filtered after,
    /// and how much was read.
    /// </summary>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    ValueTask<QueryExplanation> ExplainAsync(CancellationToken cancellationToken = default);
}
