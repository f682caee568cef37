using Memento.CrashChild;
using Memento.Tests.Consistency;

namespace Memento.Tests.Chaos;

/// <summary>
/// Lists in transactional grains, and lists in a table on disk, in one transaction. The grains come
/// first and by their numbers: the locks of Orleans' states end by a time limit where they meet
/// crosswise.
/// </summary>
internal sealed class MixedLists(IGrainFactory grains) : IListStore
{
    private const int Grains = 3;

    /// <summary>The lists of another workload have the keys below.</summary>
    private const int FirstKey = 100;

    public bool IsInOrder => true;

    public bool HasSnapshots => false;

    /// <summary>So short that some bodies are given up while they wait for a grain.</summary>
    public TransactionOptions Options { get; } =
        new() { Timeout = TimeSpan.FromSeconds(5) };

    public bool MayFailWith(Exception exception) => ClusterGrains.MayFailWith(exception);

    public async Task<int[]> ReadAsync(IRecordReader reader, int key)
        => IsInGrain(key)
            ? await GrainOf(key).ReadAsync()
            : (await reader.ReadAsync<ClusterList>(FirstKey + key))?.Values ?? [];

    public async Task WriteAsync(ITransaction tx, int key, int[] values)
        => await tx.WriteAsync(new ClusterList { Id = FirstKey + key, Values = values });

    public async Task AppendAsync(ITransaction tx, int key, int value)
    {
        if (IsInGrain(key))
            await GrainOf(key).AppendAsync(value);
        else
            await WriteAsync(tx, key, [.. await ReadAsync(tx, key), value]);
    }

    private static bool IsInGrain(int key) => key < Grains;

    private IClusterChain GrainOf(int key) => grains.GetGrain<IClusterChain>(key);
}
