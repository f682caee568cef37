namespace Memento.Benchmarks;

/// <summary>The result of the peer for one workload.</summary>
/// <param name="OperationsPerSecond">Operations of all workers in a second.</param>
/// <param name="P50Microseconds">The median of their times.</param>
internal sealed record PeerResult(double OperationsPerSecond, double P50Microseconds);
