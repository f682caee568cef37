namespace Memento.Benchmarks;

/// <summary>The objects of one worker for its operations.</summary>
/// <param name="memento">The store.</param>
/// <param name="size">The size of the table.</param>
/// <param name="worker">The worker's number, which seeds its choices.</param>
internal sealed class WorkloadContext(IMemento memento, TableSize size, int worker)
{
    /// <summary>Keys that are inserted are far apart for each worker.</summary>
    private const long KeysOfWorker = 100_000_000;

    private long _nextKey = (worker * KeysOfWorker) + TableSize.Most;

    /// <summary>The worker's number, from 0.</summary>
    public int Worker { get; } = worker;

    public IMemento Memento { get; } = memento;

    public TableSize Size { get; } = size;

    public Random Random { get; } = new(worker);

    /// <summary>The keys of records in other silos.</summary>
    public IReadOnlyList<long> KeysElsewhere { get; set; } = [];

    /// <summary>
    /// How often the bodies of its transactions have run, in the workloads that count them.
    /// </summary>
    public long Bodies { get; set; }

    public long AnyKey() => Random.Next(Size.Records);

    public long AnyKeyElsewhere() => KeysElsewhere[Random.Next(KeysElsewhere.Count)];

    public long AnyGroup() => Random.Next(Size.Groups);

    public long NextKey() => _nextKey++;
}
