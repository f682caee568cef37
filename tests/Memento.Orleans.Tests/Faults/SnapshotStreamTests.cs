using System.Globalization;

namespace Memento.Tests.Faults;

/// <summary>Streams of very many records, which never have many of them in memory.</summary>
[Collection(nameof(AloneCollection))]
public sealed class SnapshotStreamTests(ITestOutputHelper output)
{
    private const int Records = 1_000_000;

    /// <summary>
    /// What a stream in the silo may keep, in bytes: half of the references to all records.
    /// </summary>
    private const long MostInSilo = 4 << 20;

    /// <summary>
    /// The same in a client and the silo together, with the buffers of the connection. A client's
    /// copies of all records would be more than 40,000,000 bytes.
    /// </summary>
    private const long MostOverTcp = 16 << 20;

    [Fact]
    public async Task A_million_records_are_streamed_in_bounded_memory()
    {
        await using MementoTestCluster cluster = await MementoTestCluster.StartAsync(
            static builder => builder.AddTable<Pebble>(), silos: 1);
        long began = Environment.TickCount64;
        await cluster.SiloMemento.Table<Pebble>().PutManyAsync(
            PebblesAsync(), batchSize: 10_000);
        output.WriteLine($"put: {Environment.TickCount64 - began} ms");
        foreach ((IMemento memento, long most) in new[]
            { (cluster.SiloMemento, MostInSilo), (cluster.Memento, MostOverTcp) })
        {
            began = Environment.TickCount64;
            await memento.SnapshotAsync(snapshot => StreamAsync(snapshot, most))
                .WaitAsync(TimeSpan.FromMinutes(2));
            output.WriteLine($"streamed: {Environment.TickCount64 - began} ms");
        }
    }

    private static async IAsyncEnumerable<Pebble> PebblesAsync()
    {
        await Task.CompletedTask;
        for (long id = 0; id < Records; id++)
            yield return new Pebble { Id = id };
    }

    private async Task StreamAsync(ISnapshot snapshot, long most)
    {
        const int Looks = 4;
        long next = 0;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await foreach (Pebble each in snapshot.Query<Pebble>().OrderBy(static pebble => pebble.Id)
            .AsAsyncEnumerable())
        {
            Assert.Equal(next++, each.Id);
            if (next != 10 && next % (Records / Looks) != 0) continue;

            long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{kept:N0} bytes at {next:N0}"));
            Assert.True(kept < most, $"{kept} bytes are kept at record {next}.");
        }

        Assert.Equal(Records, next);
    }
}
