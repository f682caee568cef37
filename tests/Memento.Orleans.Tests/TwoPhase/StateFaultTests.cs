using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Locks.Simulation;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Transactions over tables and the transactional states of Orleans, whose storage fails, is slow
/// and loses answers in every phase, under seeds. Their number and the first one are chosen by
/// <see cref="LockSimulationTests.SchedulesVariable"/> and
/// <see cref="LockSimulationTests.SeedVariable"/>.
/// </summary>
public sealed class StateFaultTests(ITestOutputHelper output)
{
    private const int Schedules = 24;
    private const int AtOnce = 8;
    private const int Transfers = 5;
    private const int Places = 5;

    private static readonly TransactionOptions Short = new()
    {
        Timeout = TimeSpan.FromSeconds(2),
        MaxAttempts = 3,
    };

    [Fact]
    public async Task Transfers_are_whole_while_the_storage_of_grains_fails()
    {
        int first = Settings.Number(LockSimulationTests.SeedVariable, 1);
        int count = Settings.Number(LockSimulationTests.SchedulesVariable, Schedules);
        await using var place = new MemoryUnderTest();
        await using MixedScene scene = await MixedScene.StartAsync(2, place);
        var faults = new StateFaults();
        scene.States.Disturb = faults.DisturbAsync;
        int committed = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(first, count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (seed, _) =>
            {
                int kept = await RunAsync(scene, faults, seed);
                Interlocked.Add(ref committed, kept);
            });

        await scene.UntilIdleAsync();
        output.WriteLine(
            $"{count} schedules from seed {first}: {committed} transfers were committed, and "
            + $"{faults.Count} writes disturbed");
        Assert.True(committed >= count && faults.Count >= count);
    }

    /// <summary>Runs a schedule; how many of its transfers were acknowledged.</summary>
    private static async Task<int> RunAsync(MixedScene scene, StateFaults faults, int seed)
    {
        IServiceProvider services =
            scene.Cluster.Silos[seed % scene.Cluster.Silos.Count].Services;
        IMemento memento = services.GetRequiredService<IMemento>();
        IGrainFactory grains = services.GetRequiredService<IGrainFactory>();
        var random = new Random(seed);
        long[] expected = new long[Places];
        int committed = 0;
        bool isKnown = true;
        faults.Begin(seed);
        for (int i = 0; i < Transfers; i++)
        {
            int from = random.Next(Places);
            int to = (from + random.Next(1, Places)) % Places;
            int amount = random.Next(1, 100);
            try
            {
                await memento.TransactionAsync(
                    async tx =>
                    {
                        await AddAsync(tx, grains, seed, from, -amount);
                        await AddAsync(tx, grains, seed, to, amount);
                    },
                    Short).Within();
                expected[from] -= amount;
                expected[to] += amount;
                committed++;
            }
            catch (TransactionInDoubtException)
            {
                isKnown = false;
            }
            catch (MementoException)
            {
                // It was not kept, which the sums show.
            }
        }

        faults.End(seed);
        long[]? found = null;
        await Waiting.UntilAsync(
            async () => (found = await FindAsync(memento, grains, seed)) is not null,
            $"all places of seed {seed} can be read");
        string story = $"seed {seed}: {string.Join(' ', found!)}";
        Assert.True(found!.Sum() == 0, story);
        Assert.True(
            !isKnown || found!.SequenceEqual(expected),
            $"{story}, and acknowledged was {string.Join(' ', expected)}");
        return committed;
    }

    /// <summary>Null: they cannot be read now.</summary>
    private static async Task<long[]?> FindAsync(IMemento memento, IGrainFactory grains, int seed)
    {
        try
        {
            return await memento.TransactionAsync(
                async tx =>
                {
                    long[] all = new long[Places];
                    for (int i = 0; i < Places; i++)
                    {
                        all[i] = IsWallet(i)
                            ? await WalletOf(grains, seed, i).ReadAsync()
                            : await Money.ReadAsync(tx, AccountOf(seed, i), IsOnDisk(i));
                    }

                    return all;
                },
                Short).Within();
        }
        catch (MementoException)
        {
            return null;
        }
    }

    private static Task AddAsync(
        ITransaction tx, IGrainFactory grains, int seed, int place, long amount)
        => IsWallet(place)
            ? WalletOf(grains, seed, place).AddAsync(amount)
            : Money.AddAsync(tx, AccountOf(seed, place), amount, IsOnDisk(place));

    // Three wallets, an account in ram and one on disk.
    private static bool IsWallet(int place) => place < 3;

    private static bool IsOnDisk(int place) => place == Places - 1;

    private static int AccountOf(int seed, int place) => (seed * Places) + place;

    private static IWallet WalletOf(IGrainFactory grains, int seed, int place)
        => grains.GetGrain<IWallet>($"{seed}-{place}");
}
