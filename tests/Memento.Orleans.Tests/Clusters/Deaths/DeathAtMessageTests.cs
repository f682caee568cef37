using System.Diagnostics;
using System.Text.Json;
using Memento.Storage;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;

namespace Memento.Tests.Clusters.Deaths;

/// <summary>
/// Transfers between silos, of which each stands still at another message while a silo is killed.
/// They run all at once, so that one death is a death at every message.
/// </summary>
public sealed class DeathAtMessageTests(ITestOutputHelper output)
{
    private const int Partitions = 6;

    /// <summary>A caller asks for the outcome of a commit for 20 s, after its patience.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(40);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_silo_that_dies_at_any_message_leaves_nothing_by_half_and_no_wrong_answer(
        int dying)
    {
        var stops = new MessageStops();
        await using MementoTestCluster cluster = await MementoTestCluster.StartAsync(
            static memento => memento
                .AddTable<RamAccount>(static table => table.Partitions = Partitions)
                .AddTable<DiskAccount>(static table => table.Partitions = Partitions)
                .Configure(static options => options.LeaseDuration = TimeSpan.FromSeconds(2)),
            silos: 3,
            stops.Use,
            stops.Use).Within();
        await SpreadAsync(cluster).Within();
        Transfer[] transfers = await MakeAsync(cluster, dying);
        SiloAddress[] silos = [.. cluster.Silos.Select(static silo => silo.Address)];
        long began = Stopwatch.GetTimestamp();
        foreach (Transfer each in transfers)
        {
            each.Begin(
                each.Way == TransferWay.FromClient ? cluster.Memento : cluster.SiloMemento,
                stops,
                silos);
        }

        await Task.WhenAll(transfers.Select(static each => each.WhenStoppedAsync()));
        Tell("all stand still");
        await cluster.KillSiloAsync(cluster.Silos[dying]).Within();
        Tell("the silo is dead");
        foreach (Transfer each in transfers)
            each.Release();

        // Nobody hears what a caller is told that has died.
        var answers = new Dictionary<Transfer, bool?>();
        foreach (Transfer each in transfers)
        {
            bool isDead = dying == 0 && each.Way != TransferWay.FromClient;
            answers[each] = isDead ? null : await each.AnswerAsync().WaitAsync(LongestAnswer);
        }

        Tell("all have answers");
        await cluster.UntilIdleAsync().Within("no lock is left");
        Tell("nothing is locked");
        (Dictionary<int, long> ram, Dictionary<int, long> disk) =
            await cluster.SiloMemento.TransactionAsync(async tx => (
                (await tx.AllAsync<RamAccount>())
                    .ToDictionary(static each => each.Id, static each => each.Balance),
                (await tx.AllAsync<DiskAccount>())
                    .ToDictionary(static each => each.Id, static each => each.Balance))).Within();
        Assert.Equal(disk, await StoredAsync(cluster));
        Assert.Equal(disk.Count * Transfer.Each, disk.Values.Sum());
        string[] wrong =
        [
            .. transfers.Select(each => each.Check(ram, disk, answers[each])).OfType<string>(),
        ];
        output.WriteLine(
            $"{transfers.Length} transfers: {answers.Values.Count(static each => each is true)} "
            + $"committed, {answers.Values.Count(static each => each is false)} not, "
            + $"{answers.Values.Count(static each => each is null)} in doubt or unheard");
        Assert.True(wrong.Length == 0, string.Join(Environment.NewLine, wrong));

        void Tell(string what) => output.WriteLine(
            $"{Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s: {what}");
    }

    /// <summary>Makes a transfer for each message, with records of its own in each silo.</summary>
    private static async Task<Transfer[]> MakeAsync(MementoTestCluster cluster, int dying)
    {
        // The death of silo 0 says nothing to those that do not come from there.
        StoppedMessage[] messages =
        [
            .. StoppedMessage.All()
                .Where(each => dying != 0 || each.Way != TransferWay.FromClient),
        ];
        MessageFate[] fates = [MessageFate.Late, MessageFate.Lost];
        SpanningCommitTests.Tables[] tables = Enum.GetValues<SpanningCommitTests.Tables>();
        int count = messages.Length * fates.Length * tables.Length;
        int[][] ids = [.. cluster.Silos.Select((_, silo) => FindIds(cluster, silo, count))];
        Transfer[] transfers =
        [
            .. messages
                .SelectMany(message => fates.Select(fate => (message, fate)))
                .SelectMany(each => tables.Select(table => (each.message, each.fate, table)))
                .Select((each, i) => new Transfer(
                    each.message, each.table, each.fate, [ids[0][i], ids[1][i], ids[2][i]])),
        ];
        await cluster.Memento.TransactionAsync(async tx =>
        {
            foreach (int id in ids.SelectMany(static each => each))
            {
                await tx.WriteAsync(new RamAccount { Id = id, Balance = Transfer.Each });
                await tx.WriteAsync(new DiskAccount { Id = id, Balance = Transfer.Each });
            }
        }).Within();
        return transfers;
    }

    /// <summary>Moves partitions, so that each silo has as many, of the same numbers.</summary>
    private static async Task SpreadAsync(MementoTestCluster cluster)
    {
        for (int i = 0; i < Partitions; i++)
        {
            TestSilo silo = cluster.Silos[i % cluster.Silos.Count];
            await cluster.MovePartitionAsync<RamAccount>(i, silo);
            await cluster.MovePartitionAsync<DiskAccount>(i, silo);
        }
    }

    private static int[] FindIds(MementoTestCluster cluster, int silo, int count)
        =>
        [
            .. Enumerable.Range(0, int.MaxValue)
                .Where(id => cluster.PartitionOf<RamAccount>(id) % cluster.Silos.Count == silo)
                .Take(count),
        ];

    /// <summary>What the storage has, by itself.</summary>
    private static async Task<Dictionary<int, long>> StoredAsync(MementoTestCluster cluster)
    {
        var stored = new Dictionary<int, long>();
        await using IJournalStorage storage = cluster.Storage.Create();
        await storage.OpenAsync(CancellationToken.None);
        for (int partition = 0; partition < Partitions; partition++)
        {
            await foreach (StoredRow row in storage.LoadAsync(
                nameof(DiskAccount), partition, CancellationToken.None))
            {
                DiskAccount account = JsonSerializer.Deserialize<DiskAccount>(row.Document)!;
                stored.Add(account.Id, account.Balance);
            }
        }

        return stored;
    }
}
