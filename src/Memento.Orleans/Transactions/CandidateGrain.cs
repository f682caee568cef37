using Memento.Queries.Orders;
using Memento.Tables;
using Memento.Transactions.Reading;
using Orleans.Concurrency;

namespace Memento.Transactions;

/// <inheritdoc cref="ICandidateGrain"/>
/// <remarks>It looks in a transaction of its own, which locks nothing.</remarks>
[StatelessWorker]
[Reentrant]
internal sealed class CandidateGrain(TransactionRunner runner, TableRegistry tables)
    : Grain, ICandidateGrain
{
    public async Task<byte[][]> FindAsync(CandidateRequest request)
    {
        TableDefinition table = tables.Get(request.Table);
        RecordOrder? order = request.Order is { } parts
            ? RecordOrder.Compile(table, parts, request.IsDescending)
            : null;
        var shape = new QueryShape(table, request.Where ?? Guard.True, order, Take: request.Most);
        TransactionResult<byte[][]> found = await runner.RunAsync(
            transaction => ((TransactionScope)transaction).Queries
                .FindCandidatesAsync(shape, CancellationToken.None),
            options: null,
            CancellationToken.None);
        return found.Value!;
    }
}
