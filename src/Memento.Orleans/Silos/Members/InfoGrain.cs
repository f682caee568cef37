using Memento.Diagnostics;
using Memento.Messages;
using Orleans.Concurrency;

namespace Memento.Silos.Members;

/// <inheritdoc cref="IInfoGrain"/>
[StatelessWorker]
internal sealed class InfoGrain(SystemInspector inspector, StoreMetrics metrics)
    : Grain, IInfoGrain
{
    public Task<SystemInfo> DescribeAsync() => inspector.DescribeAsync();

    public Task<int> DecideAsync(Guid transactionId, TransactionDecision decision)
        => inspector.DecideAsync(transactionId, decision);

    public Task ReportAsync(TransactionTally tally)
    {
        metrics.Counts.Add(tally);
        return Task.CompletedTask;
    }
}
