using Memento.CrashChild;
using Memento.Tests.Consistency;

namespace Memento.Tests.Chaos;

/// <summary>
/// The lists of the silo processes: all on disk, or every second one in ram, where no silo dies.
/// </summary>
internal sealed class ClusterLists(bool hasRam) : IListStore
{
    public async Task<int[]> ReadAsync(IRecordReader reader, int key)
        => IsInRam(key)
            ? (await reader.ReadAsync<ClusterRamList>(key))?.Values ?? []
            : (await reader.ReadAsync<ClusterList>(key))?.Values ?? [];

    public async Task WriteAsync(ITransaction tx, int key, int[] values)
    {
        if (IsInRam(key))
            await tx.WriteAsync(new ClusterRamList { Id = key, Values = values });
        else
            await tx.WriteAsync(new ClusterList { Id = key, Values = values });
    }

    private bool IsInRam(int key) => hasRam && key % 2 == 0;
}
