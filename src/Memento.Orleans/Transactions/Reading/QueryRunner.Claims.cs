using Memento.Keys;
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

    /// <summary>Reads all results, and locks them for writing.</summary>
    public ValueTask<List<T>> ClaimAsync<T>(QueryShape shape, CancellationToken cancellationToken)
        where T : class
        => shape.Take == 0 ? new([])
            : shape.Locks != ResultLocks.WriteUnlocked
                ? ClaimAllAsync<T>(shape, cancellationToken)
                : candidates is not null && shape.Take <= CandidateClient.MostAsked
                    && !sender.Uses(shape.Table)
                    ? ClaimFoundAsync<T>(candidates, shape, cancellationToken)
                    : ClaimUnlockedAsync<T>(shape, cancellationToken);

    /// <summary>The keys of the first candidates that nobody else has locked.</summary>
    public async Task<byte[][]> FindCandidatesAsync(
        QueryShape shape, CancellationToken cancellationToken)
    {
        List<Key> keys = await TakeAsync(
            Candidates(shape, WalkLocks.NoneOfOthers), shape.Table, shape.Take!.Value, [],
            cancellationToken).ConfigureAwait(false);
        return [.. keys.Select(static key => key.Bytes)];
    }

    /// <summary>
    /// The same from a client: a silo looks for candidates. The transaction has not used the table,
    /// so that it has neither locks nor writes which the silo would have to know.
    /// </summary>
    private async ValueTask<List<T>> ClaimFoundAsync<T>(
        CandidateClient client, QueryShape shape, CancellationToken cancellationToken)
        where T : class
    {
        List<T> claimed = [];
        HashSet<Key> tried = [];
        int wanted = shape.Take!.Value;
        while (true)
        {
            (Key[] found, bool mayBeMore) = await client.FindAsync(
                shape, wanted - claimed.Count, cancellationToken).ConfigureAwait(false);
            Key[] keys = Array.FindAll(found, tried.Add);
            for (int next = 0; next < keys.Length && claimed.Count < wanted;)
            {
                List<Key> batch = [.. keys.Skip(next).Take(wanted - claimed.Count)];
                next += batch.Count;
                ILookup<Key, object> locked = await LockAsync(
                    shape, batch, skips: true, cancellationToken).ConfigureAwait(false);
                Add(claimed, batch, locked, shape);
            }

            // What was told and is locked by now is not told again.
            if (claimed.Count == wanted || keys.Length == 0 || !mayBeMore) return claimed;
        }
    }

    private void Add<T>(
        List<T> claimed, List<Key> batch, ILookup<Key, object> locked, QueryShape shape)
        where T : class
        => claimed.AddRange(batch.SelectMany(key => locked[key])
            .Take((shape.Take ?? int.MaxValue) - claimed.Count)
            .Select(record => (T)sender.Own(shape.Table, record)));

    /// <summary>
    /// Takes the first candidates that nobody else has locked. They satisfy the query when they are
    /// locked; those that others have, and those that come meanwhile, are not looked at.
    /// </summary>
    private async ValueTask<List<T>> ClaimUnlockedAsync<T>(
        QueryShape shape, CancellationToken cancellationToken)
        where T : class
    {
        List<T> claimed = [];
        HashSet<Key> tried = [];
        RecordStream candidates = Candidates(shape, WalkLocks.NoneOfOthers);
        int wanted = shape.Take ?? int.MaxValue;
        while (claimed.Count < wanted)
        {
            List<Key> batch = await TakeAsync(
                candidates, shape.Table, wanted - claimed.Count, tried, cancellationToken)
                .ConfigureAwait(false);
            if (batch.Count == 0) return claimed;

            ILookup<Key, object> locked = await LockAsync(
                shape, batch, skips: true, cancellationToken).ConfigureAwait(false);
            Add(claimed, batch, locked, shape);
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
        HashSet<Key> locked = [];
        for (int looks = 0; looks < MostLooks; looks++)
        {
            RecordStream candidates = Candidates(shape, WalkLocks.None);
            List<Key> missing = await TakeAsync(
                candidates, shape.Table, shape.Reach ?? int.MaxValue, locked, cancellationToken,
                countsKnown: true).ConfigureAwait(false);
            if (missing.Count == 0) break;

            await LockAsync(shape, missing, skips: false, cancellationToken).ConfigureAwait(false);
        }

        List<T> found = await ListAsync<T>(shape, cancellationToken).ConfigureAwait(false);
        List<Key> others =
        [
            .. found.Select(record => shape.Table.KeyOf(record)).Where(locked.Add),
        ];
        if (others.Count > 0)
            await LockAsync(shape, others, skips: false, cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <summary>
    /// Records that satisfy the query now, in its order. They may change at any moment.
    /// </summary>
    private RecordStream Candidates(QueryShape shape, WalkLocks locks)
        => new(
            sender,
            shape.Table,
            Plan(shape, isLimited: shape.Take is not null),
            shape.Reach,
            isLazy: true,
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
    /// Locks keys for writing; their records that satisfy the query, without those that others have
    /// where these are skipped.
    /// </summary>
    private async ValueTask<ILookup<Key, object>> LockAsync(
        QueryShape shape, List<Key> keys, bool skips, CancellationToken cancellationToken)
    {
        TableDefinition table = shape.Table;
        var terms = new FindTerms { Where = shape.Where.IsTrue ? null : shape.Where };
        IGrouping<int, Key>[] partitions = [.. keys.GroupBy(table.PartitionOf)];
        Chunk[] chunks = await sender.SendToEachAsync(
            table,
            Array.ConvertAll(partitions, static each => each.Key),
            Array.ConvertAll(partitions, each => new LockResultsOperation(
                terms, [.. each.Select(static key => key.Bytes)], skips)),
            cancellationToken).ConfigureAwait(false);
        return chunks.SelectMany(static each => each.Records).ToLookup(table.KeyOf);
    }
}
