using Memento.Messages;
using Orleans.Concurrency;

namespace Memento.Silos;

/// <inheritdoc cref="ITransactionProbe"/>
[StatelessWorker]
internal sealed class TransactionProbeGrain : Grain, ITransactionProbe
{
    public Task ProbeAsync() => Task.CompletedTask;
}
