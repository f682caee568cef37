using Memento.Tests.Compliance;
using Memento.Tests.Conformance;

namespace Memento.Tests.Clusters;

/// <summary>A client of several silos, any of which is its way to the others.</summary>
public sealed class GatewayTests
{
    private const int Marks = 32;

    [Fact]
    public async Task A_client_whose_gateway_dies_goes_on_by_another()
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            2,
            static memento => memento.AddTable<Mark>(
                static table => table.Storage = TableStorage.Disk),
            place);
        TestClient client = await cluster.ConnectAsync();

        // Each gateway has some of them, as each silo has.
        await WriteAllAsync(client.Memento);
        await cluster.KillAsync(cluster.Silos[0]);
        await WriteAllAsync(client.Memento);
        await cluster.StartSiloAsync();
        await cluster.KillAsync(cluster.Silos[0]);
        await WriteAllAsync(client.Memento);

        long count = await client.Memento.TransactionAsync(
            static async tx => await tx.CountAsync<Mark>()).Within();
        Assert.Equal(Marks, count);
        await cluster.UntilIdleAsync();
    }

    private static async Task WriteAllAsync(IMemento store)
    {
        for (int i = 0; i < Marks; i++)
        {
            int id = i;
            await store.TransactionAsync(
                async tx => await tx.WriteAsync(new Mark { Id = id })).Within($"mark {id}");
        }
    }
}
