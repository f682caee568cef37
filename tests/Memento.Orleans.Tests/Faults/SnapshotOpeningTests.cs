using Memento.Messages;
using Memento.Tests.Clusters;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;

namespace Memento.Tests.Faults;

/// <summary>Snapshots of partitions that nobody has open, where they cannot be opened.</summary>
public sealed class SnapshotOpeningTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_partition_whose_silo_does_not_open_it_is_asked_again_and_then_given_up(
        bool isClient)
    {
        bool isDying = false;
        int asked = 0;
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            1,
            static memento => memento.AddTable<DiskAccount>(),
            place,
            silo => silo.AddIncomingGrainCallFilter(call =>
                Volatile.Read(ref isDying)
                    && call.InterfaceMethod.Name == nameof(IIndexGrain.OpenAsync)
                    && Interlocked.Increment(ref asked) > 0
                        ? throw new SiloUnavailableException("says the test")
                        : call.Invoke()));
        IMemento memento = isClient
            ? (await cluster.ConnectAsync()).Memento
            : cluster.Silos[0].Memento;
        Volatile.Write(ref isDying, true);

        SnapshotEndedException error = await Assert.ThrowsAsync<SnapshotEndedException>(
            () => ReadAsync(memento));
        Assert.Contains("Take another snapshot", error.Message, StringComparison.Ordinal);
        Volatile.Write(ref isDying, false);
        Assert.Null(await ReadAsync(memento));
        Assert.True(asked > 1);
    }

    private static Task<DiskAccount?> ReadAsync(IMemento memento)
        => memento.SnapshotAsync(
            static async snapshot => await snapshot.ReadAsync<DiskAccount>(1)).Within();
}
