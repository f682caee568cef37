namespace Memento.Benchmarks;

/// <summary>The workers of a store under test: in this process, or in its silos.</summary>
internal interface IWorkers
{
    /// <summary>Writes the records that all workloads begin with.</summary>
    /// <returns>How long it took.</returns>
    Task<TimeSpan> LoadAsync(TableSize size);

    /// <summary>The sum of all balances.</summary>
    Task<long> SumAsync();

    /// <summary>Lets workers run a workload for some time.</summary>
    Task<RunResult> RunAsync(RunOrder order);
}
