using Memento.Keys;
using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Queries.Orders;
using Memento.Tables;
using Memento.Transactions.Reading;
using Orleans.Concurrency;

namespace Memento.Transactions;

/// <inheritdoc cref="IClaimGrain"/>
/// <remarks>
/// It looks for candidates in a transaction of its own, which locks nothing, and then sends the
/// locks for the caller's transaction to the partitions, as the caller would.
/// </remarks>
[StatelessWorker]
[Reentrant]
internal sealed class ClaimGrain(
    TransactionRunner runner, TableRegistry tables, PartitionGrains partitions, AgeClock ages)
    : Grain, IClaimGrain
{
    /// <summary>
    /// How many candidates more than are wanted are looked for: others lock some meanwhile.
    /// </summary>
    private const int Spare = 8;

    public async Task<ClaimResponse> ClaimAsync(ClaimRequest request)
    {
        TableDefinition table;
        QueryShape shape;
        List<Key> candidates;
        try
        {
            table = tables.Get(request.Table);
            table.Registration.Require(table.Name, request.Message.Registration);
            shape = new QueryShape(
                table,
                request.Where ?? Guard.True,
                request.Order is { } order
                    ? RecordOrder.Compile(table, order, request.IsDescending)
                    : null)
            {
                Hint = request.Hint is { } hint
                    ? table.IndexSet.Find(hint) ?? throw IndexErrors.Changed(table)
                    : null,
            };
            candidates = await FindAsync(shape, request.Wanted + Spare);
        }
        catch (MementoException error)
        {
            return new ClaimResponse(new DelegatedAnswers { Error = error }, []);
        }

        ExecuteRequest message = request.Message with
        {
            Age = request.Message.Age
                ?? new TransactionAge(ages.Next(), request.Message.TransactionId),
        };
        List<DelegatedAnswer> answers = [];
        HashSet<Key> tried = [];
        int claimed = 0;
        while (claimed < request.Wanted)
        {
            List<Key> next = [.. candidates.Where(key => !tried.Contains(key))
                .Take(request.Wanted - claimed)];
            if (next.Count == 0)
            {
                // Those that it has locked are locked for the next look as well.
                if (candidates.Count < request.Wanted + Spare) break;
                candidates = await FindAsync(shape, request.Wanted + Spare);
                if (candidates.TrueForAll(tried.Contains)) break;
                continue;
            }

            tried.UnionWith(next);
            DelegatedAnswer[] locked = await LockAsync(shape, next, message, request);
            answers.AddRange(locked);
            if (!Array.TrueForAll(locked, IsAnswered)) break;
            claimed += locked.Sum(static each => each.Response.Operations[0].Answer!.Items!.Length);
        }

        return new ClaimResponse(
            new DelegatedAnswers { Age = message.Age, Answers = [.. answers] },
            [.. tried.Select(static key => key.Bytes)]);
    }

    private async Task<List<Key>> FindAsync(QueryShape shape, int most)
        => (await runner.RunAsync(
            transaction => ((TransactionScope)transaction).Queries
                .FindCandidatesAsync(shape with { Take = most }, CancellationToken.None),
            options: null,
            CancellationToken.None)).Value!;

    private Task<DelegatedAnswer[]> LockAsync(
        QueryShape shape, List<Key> keys, ExecuteRequest message, ClaimRequest request)
    {
        FindTerms terms = QueryRunner.LockTerms(shape, skips: true);
        return Task.WhenAll(keys.GroupBy(shape.Table.PartitionOf).Select(async partition =>
        {
            var operation = new LockResultsOperation(
                terms, [.. partition.Select(static key => key.Bytes)], skips: true);
            ExecuteResponse response = await partitions.Of(shape.Table, partition.Key)
                .ExecuteAsync(message with
                {
                    Operations =
                        [new OperationRequest(operation, request.Savepoint, request.Around)],
                });
            return new DelegatedAnswer(partition.Key, response);
        }));
    }

    private static bool IsAnswered(DelegatedAnswer one)
        => one.Response.Operations is [{ Answer.Items: not null }];
}
