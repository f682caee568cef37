using Memento.Partitions;
using Memento.Storage.Sqlite;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Transactions;

/// <summary>A refused commit leaves no lock, in every silo with a participant.</summary>
public sealed class RefusedCommitTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_over_two_silos_is_refused_and_leaves_nothing_locked(bool isClient)
    {
        using var folder = new TemporaryDirectory();
        int silos = 0;
        await using MementoTestCluster cluster = await MementoTestCluster.StartAsync(
            memento => memento.AddTable<RamAccount>().UseStorage(_ => new SqliteJournalStorage(
                $"Data Source={folder.Path}/{Interlocked.Increment(ref silos)}.db")),
            static builder => builder.Options.InitialSilosCount = 2);
        IMemento memento = isClient ? cluster.Memento : cluster.SiloMemento;

        var refused = await Assert.ThrowsAsync<MementoException>(
            () => memento.TransactionAsync(async tx =>
            {
                for (int id = 0; id < 20; id++)
                    await tx.WriteAsync(new RamAccount { Id = id });
            }).Within());

        Assert.Contains("several silos", refused.Message, StringComparison.Ordinal);
        Partition[] partitions =
        [
            .. cluster.Cluster.Silos.SelectMany(silo => cluster.Cluster
                .GetSiloServiceProvider(silo.SiloAddress)
                .GetRequiredService<PartitionDirectory>().All),
        ];
        Assert.NotEmpty(partitions);
        await Waiting.UntilAsync(
            () => partitions.All(static partition => partition.IsIdle()), "nothing is locked");
    }
}
