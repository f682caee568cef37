namespace Memento.Benchmarks;

/// <summary>What one worker has for its operations.</summary>
/// <param name="memento">The store.</param>
/// <param name="worker">The worker's number, which seeds its choices.</param>
internal sealed class WorkloadContext(IMemento memento, int worker)
{
    /// <summary>Keys that are inserted start here, far apart for each worker.</summary>
    private const long KeysOfWorker = 100_000_000;
    private const long FirstInserted = 1_000_000;

    private long _nextKey = (worker * KeysOfWorker) + FirstInserted;

    public IMemento Memento { get; } = memento;

    public Random Random { get; } = new(worker);

    public long AnyKey() => Random.Next(Workload.Records);

    public long AnyGroup() => Random.Next(Workload.Groups);

    public long NextKey() => _nextKey++;
}
