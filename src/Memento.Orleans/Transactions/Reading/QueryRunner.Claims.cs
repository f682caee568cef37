using Memento.Keys;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tables;

namespace Memento.Transactions.Reading;

/// <content>Results that are locked for writing.</content>
/// <remarks>
/// A reader that later writes would stop others that have read the same, and be stopped by them.
/// So candidates are looked for first without any lock; they are locked for writing, in the place
/// where they are read.
/// </remarks>
internal sealed partial class QueryRunner
{
    /// <summary>
    /// How often candidates are looked for, where others change them while they are waited for.
    /// </summary>
    private const int MostLooks = 8;

    /// <summary>
    /// How many keys are locked at once: others get to their partitions in between.
    /// </summary>
    private const int MostLocked = 1_000;

    /// <summary>Reads all results, and locks them for writing.</summary>
    public ValueTask<List<T>> ClaimAsync<T>(QueryShape shape, CancellationToken cancellationToken)
        where T : class
        => shape.Take == 0 ? new([])
            : shape.Locks == ResultLocks.WriteUnlocked
                ? ClaimUnlockedAsync<T>(shape, cancellationToken)
                : ClaimAllAsync<T>(shape, cancellationToken);

    /// <summary>The keys of the first candidates that nobody else has locked.</summary>
    public async Task<List<Key>> FindCandidatesAsync(
        QueryShape shape, CancellationToken cancellationToken)
        => await TakeAsync(
            Candidates(shape, WalkLocks.NoneOfOthers), shape.Table, shape.Take!.Value, [],
            cancellationToken).ConfigureAwait(false);

    /// <summary>What the records of locked keys have to satisfy.</summary>
    public static FindTerms LockTerms(QueryShape shape, bool skips)
        => new()
        {
            Where = shape.Where.IsTrue ? null : shape.Where,
            Order = skips ? ChunkOrder.Any : ChunkOrder.Counted,
        };

    /// <summary>
    /// Takes the first candidates that nobody else has locked. They satisfy the query when they are
    /// locked; those that others have, and those that come meanwhile, are not looked at.
    /// </summary>
    private async ValueTask<List<T>> ClaimUnlockedAsync<T>(
        QueryShape shape, CancellationToken cancellationToken)
        where T : class
    {
        if (claims is not null && sender is OperationSender { IsRecorded: false } direct
            && shape.Take <= claims.MostWanted && !sender.Uses(shape.Table))
        {
            IEnumerable<object> records = await claims.ClaimAsync(shape, direct, cancellationToken)
                .ConfigureAwait(false);
            return [.. records.Take(shape.Take.Value).Cast<T>()];
        }

        List<T> claimed = [];
        HashSet<Key> tried = [];
        RecordStream walked = Candidates(shape, WalkLocks.NoneOfOthers);
        int wanted = shape.Take ?? int.MaxValue;
        while (claimed.Count < wanted)
        {
            List<Key> batch = await TakeAsync(
                walked, shape.Table, wanted - claimed.Count, tried, cancellationToken)
                .ConfigureAwait(false);
            if (batch.Count == 0) break;

            ILookup<Key, object> locked = await LockAsync(
                shape, batch, skips: true, cancellationToken).ConfigureAwait(false);
            claimed.AddRange(batch.SelectMany(key => locked[key]).Take(wanted - claimed.Count)
                .Select(record => (T)sender.Own(shape.Table, record)));
        }

        return claimed;
    }

    /// <summary>
    /// Locks the candidates until there are no others, and then runs the query: what was looked at
    /// is locked for reading by that, as far as the answer depends on it.
    /// </summary>
    private async ValueTask<List<T>> ClaimAllAsync<T>(
        QueryShape shape, CancellationToken cancellationToken)
        where T : class
    {
        HashSet<Key> locked = await LockCandidatesAsync(shape, after: null, cancellationToken)
            .ConfigureAwait(false);
        List<T> found = await ListAsync<T>(shape, cancellationToken).ConfigureAwait(false);
        await LockOthersAsync(shape, found, locked, cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <summary>Reads a page of the results, and locks them for writing.</summary>
    /// <inheritdoc cref="PageAsync{T}" path="/param|/returns"/>
    public async ValueTask<(List<T> Items, byte[]? Last)> ClaimPageAsync<T>(
        QueryShape shape, int size, byte[]? after, CancellationToken cancellationToken)
        where T : class
    {
        HashSet<Key> locked = await LockCandidatesAsync(
            shape with { Take = size }, after, cancellationToken).ConfigureAwait(false);
        (List<T> items, byte[]? last) = await PageAsync<T>(shape, size, after, cancellationToken)
            .ConfigureAwait(false);
        await LockOthersAsync(shape, items, locked, cancellationToken).ConfigureAwait(false);
        return (items, last);
    }

    /// <summary>Locks candidates for writing until there are no others; their keys.</summary>
    private async ValueTask<HashSet<Key>> LockCandidatesAsync(
        QueryShape shape, byte[]? after, CancellationToken cancellationToken)
    {
        HashSet<Key> locked = [];
        for (int looks = 0; looks < MostLooks; looks++)
        {
            RecordStream candidates = Candidates(shape, WalkLocks.None, after);
            List<Key> missing = await TakeAsync(
                candidates, shape.Table, shape.Reach ?? int.MaxValue, locked, cancellationToken,
                countsKnown: true).ConfigureAwait(false);
            if (missing.Count == 0) break;

            await LockAsync(shape, missing, skips: false, cancellationToken).ConfigureAwait(false);
        }

        return locked;
    }

    /// <summary>Locks those results for writing that were not among the candidates.</summary>
    private async ValueTask LockOthersAsync<T>(
        QueryShape shape, List<T> found, HashSet<Key> locked, CancellationToken cancellationToken)
        where T : class
    {
        List<Key> others =
        [
            .. found.Select(record => shape.Table.KeyOf(record)).Where(locked.Add),
        ];
        if (others.Count > 0)
            await LockAsync(shape, others, skips: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Records that satisfy the query now, in its order. They may change at any moment.
    /// </summary>
    private RecordStream Candidates(QueryShape shape, WalkLocks locks, byte[]? after = null)
        => new(
            sender,
            shape.Table,
            Plan(shape, isLimited: shape.Take is not null),
            shape.Reach,
            isLazy: true,
            after: after,
            locks: locks);

    /// <summary>
    /// The keys of the next records that are not known, and adds them to the known.
    /// </summary>
    private static async ValueTask<List<Key>> TakeAsync(
        RecordStream stream,
        TableDefinition table,
        int most,
        HashSet<Key> known,
        CancellationToken cancellationToken,
        bool countsKnown = false)
    {
        List<Key> keys = [];
        int seen = 0;
        while (seen < most && await stream.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            Key key = table.KeyOf(stream.Record);
            bool isNew = known.Add(key);
            if (isNew) keys.Add(key);
            if (isNew || countsKnown) seen++;
        }

        return keys;
    }

    /// <summary>
    /// Locks keys for writing, a portion after the other. Where it skips those that others have,
    /// it gives the records of the others that satisfy the query, by their keys.
    /// </summary>
    private async ValueTask<ILookup<Key, object>> LockAsync(
        QueryShape shape, List<Key> keys, bool skips, CancellationToken cancellationToken)
    {
        TableDefinition table = shape.Table;
        FindTerms terms = LockTerms(shape, skips);
        List<object> records = [];
        foreach (Key[] portion in keys.Chunk(MostLocked))
        {
            IGrouping<int, Key>[] partitions = [.. portion.GroupBy(table.PartitionOf)];
            Chunk[] chunks = await sender.SendToEachAsync(
                table,
                Array.ConvertAll(partitions, static each => each.Key),
                Array.ConvertAll(partitions, each => new LockResultsOperation(
                    terms, [.. each.Select(static key => key.Bytes)], skips)),
                cancellationToken).ConfigureAwait(false);
            foreach (Chunk chunk in chunks)
                records.AddRange(chunk.Records);
        }

        return records.ToLookup(table.KeyOf);
    }
}
