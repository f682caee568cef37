using System.Runtime.CompilerServices;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Queries.Plans;
using Memento.Tables;

namespace Memento.Transactions.Reading;

/// <summary>
/// Runs queries: plans them, asks the partitions, and makes one answer from their answers.
/// </summary>
/// <param name="sender">Sends operations to the partitions.</param>
/// <param name="claims">Has a silo claim records; null: each partition is asked.</param>
internal sealed partial class QueryRunner(
    IOperationSender sender, IClaims? claims = null)
{
    /// <summary>Reads all results.</summary>
    public async ValueTask<List<T>> ListAsync<T>(
        QueryShape shape, CancellationToken cancellationToken, bool writes = false)
        where T : class
    {
        List<T> found = [];
        if (shape.Take == 0) return found;

        RecordStream stream = await OpenAsync(shape, cancellationToken, writes: writes)
            .ConfigureAwait(false);
        int skipped = 0;
        while (stream.MoveNext()
            || await stream.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            found.EnsureCapacity(Math.Min(stream.Given, shape.Take ?? int.MaxValue));
            if (skipped++ < shape.Skip) continue;

            found.Add((T)sender.Own(shape.Table, stream.Record));
            if (found.Count == shape.Take) break;
        }

        return found;
    }

    /// <summary>Reads the results in portions, each when it is needed.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        QueryShape shape, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        if (shape.Take == 0) yield break;

        RecordStream stream = await OpenAsync(shape, cancellationToken, isLazy: true)
            .ConfigureAwait(false);
        long seen = 0;
        while (await stream.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (seen++ < shape.Skip) continue;

            yield return (T)sender.Own(shape.Table, stream.Record);
            if (seen == shape.Reach) break;
        }
    }

    /// <summary>Counts the results in their partitions.</summary>
    public async ValueTask<long> CountAsync(QueryShape shape, CancellationToken cancellationToken)
    {
        long count = shape.Where.IsTrue && shape.Hint is null
            ? Sum(
                await sender.SendToAllAsync(shape.Table, new CountOperation(), cancellationToken)
                    .ConfigureAwait(false),
                static part => part)
            : Sum(
                await AskAsync(shape, limit: null, cancellationToken).ConfigureAwait(false),
                static part => part.Count);
        count = Math.Max(0, count - shape.Skip);
        return Math.Min(count, shape.Take ?? long.MaxValue);
    }

    /// <summary>Counts the results by the values of a property, in their partitions.</summary>
    public async ValueTask<IEnumerable<GroupCount>> CountByAsync(
        QueryShape shape, string property, CancellationToken cancellationToken)
    {
        QueryPlan plan = await ResolveAsync(
            shape.Table,
            QueryPlanner.Plan(
                shape.Table, shape.Where, order: null, isLimited: false, shape.Hint, property),
            cancellationToken).ConfigureAwait(false);
        var request = new PartitionRequest(
            shape.Table, plan.CountingBy(property, shape.Table), counts: true, countBy: property);
        Chunk[] chunks = await SendAsync(shape, request, limit: null, cancellationToken)
            .ConfigureAwait(false);
        return chunks.SelectMany(static chunk => chunk.Groups!);
    }

    /// <summary>Whether there is any result.</summary>
    public async ValueTask<bool> AnyAsync(QueryShape shape, CancellationToken cancellationToken)
    {
        if (shape.Take == 0) return false;

        int wanted = (int)Math.Min((long)shape.Skip + 1, int.MaxValue);
        return Sum(
            await AskAsync(shape, wanted, cancellationToken).ConfigureAwait(false),
            static part => part.Count) >= wanted;
    }

    /// <summary>Reads the results after a place.</summary>
    /// <param name="shape">The query, which has an order, and no Skip or Take.</param>
    /// <param name="size">How many results.</param>
    /// <param name="after">The place; null: from the beginning.</param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    /// <returns>The results, and the place of the last result if more follow.</returns>
    public async ValueTask<(List<T> Items, byte[]? Last)> PageAsync<T>(
        QueryShape shape, int size, byte[]? after, CancellationToken cancellationToken)
        where T : class
    {
        var limited = shape with { Take = size == int.MaxValue ? size : size + 1 };
        RecordStream stream = await OpenAsync(limited, cancellationToken, after: after)
            .ConfigureAwait(false);
        List<T> items = [];
        byte[]? last = null;
        while (await stream.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            if (items.Count == size) return (items, last);

            items.Add((T)sender.Own(shape.Table, stream.Record));
            if (items.Count == size) last = stream.Place.ToArray();
        }

        return (items, null);
    }

    /// <summary>Runs a query to its end, and returns how it was answered.</summary>
    public async ValueTask<QueryExplanation> ExplainAsync(
        QueryShape shape, CancellationToken cancellationToken)
    {
        QueryPlan plan = Plan(shape, isLimited: shape.Take is not null);
        QueryPlan resolved = await ResolveAsync(shape.Table, plan, cancellationToken)
            .ConfigureAwait(false);
        var trace = new QueryTrace(shape.Table, resolved);
        var stream = new RecordStream(sender, shape.Table, resolved, shape.Reach, trace: trace);
        long seen = 0;
        while (seen != shape.Reach
            && await stream.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            seen++;
        }

        bool isLookup = !ReferenceEquals(resolved, plan);
        QueryPlan taken = isLookup ? plan : plan.Along(trace.Way);
        return new QueryExplanation
        {
            Table = shape.Table.Name,
            Index = taken.Index?.Name,
            Hint = shape.Hint?.Name,
            Way = isLookup ? plan.DescribeWay() : trace.DescribeWays(),
            Filter = taken.DescribeFilter(),
            Order = taken.DescribeOrder(),
            Locks = trace.DescribeLocks(isLookup ? plan : null),
            Partitions = stream.Partitions + (isLookup ? plan.Ranges.Count : 0),
            Read = trace.Read,
            Found = Math.Max(0, seen - shape.Skip),
        };
    }

    private static QueryPlan Plan(QueryShape shape, bool isLimited)
        => QueryPlanner.Plan(shape.Table, shape.Where, shape.Order, isLimited, shape.Hint);

    private async ValueTask<RecordStream> OpenAsync(
        QueryShape shape,
        CancellationToken cancellationToken,
        bool isLazy = false,
        byte[]? after = null,
        bool writes = false)
    {
        QueryPlan plan = await PlanAsync(
            shape, isLimited: isLazy || shape.Take is not null, cancellationToken)
            .ConfigureAwait(false);
        return new RecordStream(sender, shape.Table, plan, shape.Reach, isLazy, after, writes);
    }

    private ValueTask<QueryPlan> PlanAsync(
        QueryShape shape, bool isLimited, CancellationToken cancellationToken)
        => ResolveAsync(shape.Table, Plan(shape, isLimited), cancellationToken);

    private ValueTask<QueryPlan> ResolveAsync(
        TableDefinition table, QueryPlan plan, CancellationToken cancellationToken)
        => sender.MayLackIndexes
            ? new(plan)
            : new UniqueLookup(sender, table).ResolveAsync(plan, cancellationToken);

    /// <summary>Asks partitions for their counts, each up to a limit.</summary>
    private async ValueTask<Chunk[]> AskAsync(
        QueryShape shape, int? limit, CancellationToken cancellationToken)
    {
        QueryPlan plan = await PlanAsync(
            shape with { Order = null }, isLimited: limit is not null, cancellationToken)
            .ConfigureAwait(false);
        var request = new PartitionRequest(shape.Table, plan, counts: true);
        return await SendAsync(shape, request, limit, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<Chunk[]> SendAsync(
        QueryShape shape,
        PartitionRequest request,
        int? limit,
        CancellationToken cancellationToken)
        => sender.SendToEachAsync(
            shape.Table,
            request.Partitions,
            request.AskEach(limit, after: null),
            cancellationToken);

    private static long Sum<TPart>(TPart[] answers, Func<TPart, long> count)
    {
        long sum = 0;
        foreach (TPart answer in answers)
            sum += count(answer);
        return sum;
    }
}

/// <summary>The number of records to ask a partition for.</summary>
/// <param name="First">The number of the first request; null: all records.</param>
internal readonly record struct ChunkSizes(int? First)
{
    /// <summary>The most records in a message.</summary>
    public const int MaxRecords = 4_096;

    private const int Growth = 4;

    /// <summary>A few more than the share of a partition, because shares are not equal.</summary>
    private const int Spare = 4;

    /// <summary>The first number, if it is not known how many results will be wanted.</summary>
    private const int FirstOfUnknown = 16;

    public static ChunkSizes Unknown { get; } = new(FirstOfUnknown);

    /// <summary>The sizes for a query.</summary>
    /// <param name="reach">How many results are wanted; null: all.</param>
    /// <param name="partitions">How many partitions are asked; 0 if no record can be found.</param>
    /// <param name="isSorted">Whether a partition reads all its records each time.</param>
    /// <param name="isLocal">Whether the partitions are reached without messages.</param>
    public static ChunkSizes For(int? reach, int partitions, bool isSorted, bool isLocal)
    {
        if (reach is not { } wanted) return new(isLocal ? null : MaxRecords);
        if (isSorted) return new(Limit(wanted, isLocal));

        // A query that no record can satisfy asks no partition.
        int share = (int)Math.Min((wanted / Math.Max(partitions, 1L)) + Spare, wanted);
        return new(Limit(share, isLocal));
    }

    /// <summary>The wanted number, but not more than one answer may have.</summary>
    public static int Limit(int wanted, bool isLocal)
        => Math.Clamp(wanted, 1, isLocal ? int.MaxValue : MaxRecords);

    /// <summary>The number of the next request, after that many requests.</summary>
    public int? Next(int parts)
    {
        if (First is not { } size) return null;

        long grown = size;
        for (int part = 0; part < parts && grown < MaxRecords; part++)
            grown = Math.Min(grown * Growth, MaxRecords);
        return (int)grown;
    }
}
