using Memento.Messages;
using Memento.Storage;
using Memento.Tables;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Memento.Transactions;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Clusters;

/// <summary>
/// A client asks what became of a commit over ram alone, after the silo that had it has gone or its
/// partition has moved.
/// </summary>
public sealed class LostAnswerTests
{
    private const int Id = 1;

    public enum Fate
    {
        Stopped = 0,
        Killed = 1,
        OnlyMoved = 2,
    }

    [Theory]
    [InlineData(Fate.Stopped)]
    [InlineData(Fate.OnlyMoved)]
    public async Task A_commit_is_known_where_its_partition_is_afterwards(Fate fate)
    {
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            3, static memento => memento.AddTable<Mark>());
        TestClient client = await cluster.ConnectAsync();
        TestSilo silo = cluster.Silos[1];
        int id = (await cluster.KeysInAsync<Mark, int>(silo, 1, static id => id))[0];
        Guid committed = default;
        await client.Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Mark { Id = id });
            committed = ((TransactionScope)tx).Sender.State.Id;
        }).Within();

        IIndexGrain grain = GrainOf(client, id);
        var never = Guid.NewGuid();
        await EndAsync(cluster, silo, fate, grain);

        Assert.Equal(TransactionOutcome.Committed, await DecideAsync(committed));
        Assert.Equal(TransactionOutcome.Aborted, await DecideAsync(never));

        async Task<TransactionOutcome> DecideAsync(Guid transaction)
            => (await grain.DecideAsync(new CommitRequest(
                transaction,
                [
                    new NamedParticipant(
                        nameof(Mark), PartitionOf(client, id), 1, silo.Address),
                ])).Within()).Outcome;
    }

    [Fact]
    public async Task What_was_in_a_silo_alone_is_gone_with_it_and_what_was_in_others_is_in_doubt()
    {
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            3, static memento => memento.AddTable<Mark>());
        TestClient client = await cluster.ConnectAsync();
        TestSilo silo = cluster.Silos[1];
        int id = (await cluster.KeysInAsync<Mark, int>(silo, 1, static id => id))[0];
        int other = (await cluster.KeysInAsync<Mark, int>(
            cluster.Silos[2], 1, static id => id))[0];
        IIndexGrain grain = GrainOf(client, id);
        await EndAsync(cluster, silo, Fate.Killed, grain);

        var transaction = Guid.NewGuid();
        var here = new NamedParticipant(nameof(Mark), PartitionOf(client, id), 1, silo.Address);
        var there = new NamedParticipant(
            nameof(Mark), PartitionOf(client, other), 1, cluster.Silos[1].Address);
        Assert.Equal(
            TransactionOutcome.Aborted,
            (await grain.DecideAsync(new CommitRequest(transaction, [here])).Within()).Outcome);
        var doubt = await Assert.ThrowsAsync<TransactionInDoubtException>(
            () => grain.DecideAsync(new CommitRequest(transaction, [here, there])).Within());
        Assert.Equal(transaction, doubt.TransactionId);
    }

    [Theory]
    [InlineData(Fate.Stopped, true)]
    [InlineData(Fate.Stopped, false)]
    [InlineData(Fate.Killed, true)]
    public async Task A_silo_that_has_only_read_for_a_commit_does_not_call_it_aborted(
        Fate fate, bool isOnDisk)
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            3,
            memento => memento.AddTable<Mark>(
                table => table.Storage = isOnDisk ? TableStorage.Disk : TableStorage.Ram),
            place);
        TestClient client = await cluster.ConnectAsync();
        TestSilo coordinator = cluster.Silos[1];
        int written = (await cluster.KeysInAsync<Mark, int>(coordinator, 1, static id => id))[0];
        int read = (await cluster.KeysInAsync<Mark, int>(
            cluster.Silos[2], 1, static id => id))[0];
        var here = new NamedParticipant(
            nameof(Mark), PartitionOf(client, written), 1, coordinator.Address);
        var there = new NamedParticipant(
            nameof(Mark), PartitionOf(client, read), 1, cluster.Silos[2].Address);
        Guid committed = default;
        await client.Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Mark { Id = written });
            await tx.ReadAsync<Mark>(read);
            committed = ((TransactionScope)tx).Sender.State.Id;
        }).Within();

        await EndAsync(cluster, coordinator, fate, GrainOf(client, written));

        Assert.Equal(
            TransactionOutcome.Committed,
            (await GrainOf(client, read)
                .DecideAsync(new CommitRequest(committed, [here, there])).Within()).Outcome);
    }

    /// <summary>
    /// The silo that has committed it is dead, and the records that it has changed live elsewhere.
    /// Who ran the transaction again would double it.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_whose_records_had_moved_before_its_silo_died_is_not_called_aborted(
        bool readsDisk)
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartMixedAsync(place);
        TestClient client = await cluster.ConnectAsync();
        TestSilo silo = cluster.Silos[1];
        (Guid committed, NamedParticipant[] participants) =
            await CommitAsync(cluster, client, silo, readsDisk);

        await cluster.MoveAsync<RamAccount>(Id, cluster.Silos[2]);
        await cluster.KillAsync(silo);

        var doubt = await Assert.ThrowsAsync<TransactionInDoubtException>(
            () => LookUpAsync(client, committed, participants).Within());
        Assert.Equal(committed, doubt.TransactionId);
        Assert.NotNull(await ReadAsync(client));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_whose_records_were_lost_with_its_silo_is_called_aborted(
        bool readsDisk)
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartMixedAsync(place);
        TestClient client = await cluster.ConnectAsync();
        TestSilo silo = cluster.Silos[1];
        (Guid committed, NamedParticipant[] participants) =
            await CommitAsync(cluster, client, silo, readsDisk);

        await cluster.KillAsync(silo);

        Assert.Equal(
            TransactionOutcome.Aborted,
            await LookUpAsync(client, committed, participants).Within());
        Assert.Null(await ReadAsync(client));
    }

    [Fact]
    public async Task A_commit_in_a_silo_that_nobody_knows_any_more_is_in_doubt()
    {
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            2, static memento => memento.AddTable<Mark>());
        TestClient client = await cluster.ConnectAsync();
        IIndexGrain grain = GrainOf(client, 1);
        var unknown = new NamedParticipant(nameof(Mark), PartitionOf(client, 1), 1);

        await Assert.ThrowsAsync<TransactionInDoubtException>(() => grain.DecideAsync(
            new CommitRequest(Guid.NewGuid(), [unknown])).Within());
    }

    /// <summary>
    /// Asks like a client: the new owner of a partition waits for the end of the lease before it.
    /// </summary>
    private static async Task<TransactionOutcome> LookUpAsync(
        TestClient client, Guid transaction, NamedParticipant[] participants)
    {
        while (true)
        {
            try
            {
                return (await GrainOf<RamAccount>(client, Id)
                    .DecideAsync(new CommitRequest(transaction, participants))).Outcome;
            }
            catch (TransactionConflictException)
            {
                // It is being opened.
            }
        }
    }

    private static async Task<RamAccount?> ReadAsync(TestClient client)
    {
        RamAccount? found = null;
        await client.Memento.TransactionAsync(
            async tx => found = await tx.ReadAsync<RamAccount>(Id)).Within();
        return found;
    }

    private static Task<SiloCluster> StartMixedAsync(MemoryUnderTest place)
        => SiloCluster.StartAsync(
            3, static memento => memento.AddTable<RamAccount>().AddTable<DiskAccount>(), place);

    /// <summary>Writes a record in ram, and reads one on disk, in one silo.</summary>
    private static async Task<(Guid Id, NamedParticipant[] Participants)> CommitAsync(
        SiloCluster cluster, TestClient client, TestSilo silo, bool readsDisk)
    {
        await cluster.MoveAsync<RamAccount>(Id, silo);
        await cluster.MoveAsync<DiskAccount>(Id, silo);
        Guid committed = default;
        await client.Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new RamAccount { Id = Id });
            if (readsDisk) await tx.ReadAsync<DiskAccount>(Id);
            committed = ((TransactionScope)tx).Sender.State.Id;
        }).Within();
        var written = new NamedParticipant(
            nameof(RamAccount), PartitionOf<RamAccount>(client, Id), 1, silo.Address);
        var readOnly = new NamedParticipant(
            nameof(DiskAccount), PartitionOf<DiskAccount>(client, Id), 1, silo.Address);
        return (committed, readsDisk ? [written, readOnly] : [written]);
    }

    private static async Task EndAsync(
        SiloCluster cluster, TestSilo silo, Fate fate, IIndexGrain grain)
    {
        switch (fate)
        {
            case Fate.Stopped:
                await cluster.StopAsync(silo);
                break;
            case Fate.Killed:
                await cluster.KillAsync(silo);
                break;
            default:
                // To the new silo, or back to where it was: then there is nothing to be forwarded.
                await cluster.StartSiloAsync();
                await grain.MoveAsync(silo.Address).Within();
                break;
        }
    }

    private static IIndexGrain GrainOf(TestClient client, int id) => GrainOf<Mark>(client, id);

    private static IIndexGrain GrainOf<T>(TestClient client, int id)
        where T : class
        => client.Services.GetRequiredService<IGrainFactory>()
            .GetGrain<IIndexGrain>(IndexGrainKey.Of(typeof(T).Name, PartitionOf<T>(client, id)));

    private static int PartitionOf(TestClient client, int id) => PartitionOf<Mark>(client, id);

    private static int PartitionOf<T>(TestClient client, int id)
        where T : class
    {
        TableDefinition table = client.Services.GetRequiredService<TableRegistry>().Get<T>();
        return table.PartitionOf(table.KeyCodec.EncodeArgument(id));
    }
}
