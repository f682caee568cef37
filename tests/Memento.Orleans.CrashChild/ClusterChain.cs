using Orleans.Concurrency;
using Orleans.Transactions.Abstractions;

namespace Memento.CrashChild;

/// <summary>A list that transactions append to, in a transactional state of Orleans.</summary>
public interface IClusterChain : IGrainWithIntegerKey
{
    [Transaction(TransactionOption.CreateOrJoin)]
    Task AppendAsync(int value);

    [Transaction(TransactionOption.CreateOrJoin)]
    Task<int[]> ReadAsync();
}

/// <summary>Carries out <see cref="IClusterChain"/>.</summary>
[Reentrant]
public sealed class ClusterChain(
    [TransactionalState("links", ClusterGrains.Storage)] ITransactionalState<ClusterLinks> links)
    : Grain, IClusterChain
{
    public Task AppendAsync(int value) => links.PerformUpdate(state => state.Values.Add(value));

    public Task<int[]> ReadAsync() => links.PerformRead(static state => state.Values.ToArray());
}

/// <summary>The state of a list.</summary>
[GenerateSerializer]
public sealed class ClusterLinks
{
    [Id(0)] public List<int> Values { get; init; } = [];
}
