namespace Memento.Benchmarks;

/// <summary>What workers are to do.</summary>
/// <param name="Workload">The name of the workload.</param>
/// <param name="Size">The size of the table.</param>
/// <param name="Workers">The numbers of the workers, which seed their choices.</param>
/// <param name="Duration">For how long.</param>
internal sealed record RunOrder(
    string Workload, TableSize Size, IReadOnlyList<int> Workers, TimeSpan Duration);
