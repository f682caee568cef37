using Memento.Commit.Mixed;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.TwoPhase;

/// <summary>Transactions over tables and the application's own transactional grains.</summary>
public abstract class MixedTransactionTests<TStorage>(int silos)
    where TStorage : StorageUnderTest, new()
{
    private const string Ada = nameof(Ada);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_grain_and_a_record_change_together(bool isClient, bool isOnDisk)
    {
        await using var place = new TStorage();
        await using MixedScene scene = await MixedScene.StartAsync(silos, place);
        (IMemento memento, IGrainFactory grains) = await OpenAsync(scene, isClient);
        for (int i = 1; i <= 3; i++)
        {
            await memento.TransactionAsync(async tx =>
            {
                await grains.GetGrain<IWallet>(Ada).AddAsync(-5);
                await Money.AddAsync(tx, 1, 5, isOnDisk);
            }).Within();
            Assert.Equal((-10 * i) + 5, await grains.GetGrain<IWallet>(Ada).ReadAsync().Within());

            // Begun by the grain, without a body of ours.
            await grains.GetGrain<IWallet>(Ada).PayIntoAsync(2, 5, isOnDisk).Within();
            Assert.Equal(-10 * i, await grains.GetGrain<IWallet>(Ada).ReadAsync().Within());
            Assert.Equal((5 * i, 5 * i), await memento.TransactionAsync(async tx =>
                (await Money.ReadAsync(tx, 1, isOnDisk), await Money.ReadAsync(tx, 2, isOnDisk)))
                .Within());
        }

        await scene.UntilToldAsync();
        await scene.UntilUnlockedAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_aborts_leaves_nothing_in_either(bool isOnDisk)
    {
        await using var place = new TStorage();
        await using MixedScene scene = await MixedScene.StartAsync(silos, place);
        (IMemento memento, IGrainFactory grains) = await OpenAsync(scene, isClient: false);
        await memento.TryTransactionAsync(async tx =>
        {
            await grains.GetGrain<IWallet>(Ada).PayIntoAsync(1, 5, isOnDisk);
            tx.Abort();
        }).Within();
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => memento.TransactionAsync(
            async tx =>
            {
                await Money.AddAsync(tx, 1, 5, isOnDisk);
                await grains.GetGrain<IWallet>(Ada).AddAsync(-5);
                throw new InvalidTimeZoneException("says the test");
            }).Within());

        Assert.Equal(0, await grains.GetGrain<IWallet>(Ada).ReadAsync().Within());
        Assert.Equal(0, await memento.TransactionAsync(
            tx => Money.ReadAsync(tx, 1, isOnDisk)).Within());
        await scene.UntilUnlockedAsync();
    }

    [Fact]
    public async Task Transfers_between_grains_and_records_keep_the_sum()
    {
        int seed = Settings.RunSeed;
        await using var place = new TStorage();
        await using MixedScene scene = await MixedScene.StartAsync(silos, place);
        (IMemento Memento, IGrainFactory Grains)[] places =
        [
            await OpenAsync(scene, isClient: false),
            await OpenAsync(scene, isClient: true),
        ];
        var bank = new MixedBank(seed);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
        {
            var random = new Random(seed + worker);
            (IMemento memento, IGrainFactory grains) = places[worker % places.Length];
            for (int i = 0; i < 40; i++)
                await bank.TransferAsync(memento, grains, random).Within();
        })));

        foreach ((IMemento memento, IGrainFactory grains) in places)
            Assert.Equal((seed, 0), (seed, await bank.SumAsync(memento, grains).Within()));
        await scene.UntilToldAsync();
        await scene.UntilUnlockedAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_grain_elsewhere_may_use_what_the_silo_of_the_body_has(bool isOnDisk)
    {
        await using var place = new TStorage();
        await using MixedScene scene = await MixedScene.StartAsync(silos, place);
        (IMemento memento, IGrainFactory grains) = await OpenAsync(scene, isClient: false);
        int account = isOnDisk
            ? (await scene.Cluster.KeysInAsync<DiskAccount, int>(
                scene.Cluster.Silos[0], 1, static i => i))[0]
            : (await scene.Cluster.KeysInAsync<RamAccount, int>(
                scene.Cluster.Silos[0], 1, static i => i))[0];
        for (int i = 0; i < 12; i++)
        {
            IWallet wallet = grains.GetGrain<IWallet>($"{Ada} {i}");
            await memento.TransactionAsync(
                async tx =>
                {
                    await Money.AddAsync(tx, account, 1, isOnDisk);
                    await wallet.PayIntoAsync(account, 1, isOnDisk);
                    await Money.AddAsync(tx, account, 1, isOnDisk);
                },
                new TransactionOptions { MaxAttempts = 20 }).Within();
        }

        Assert.Equal(36, await memento.TransactionAsync(
            tx => Money.ReadAsync(tx, account, isOnDisk)).Within());
    }

    [Fact]
    public async Task Where_the_grain_cannot_prepare_nothing_is_kept()
    {
        await using var place = new TStorage();
        await using MixedScene scene = await MixedScene.StartAsync(silos, place);
        (IMemento memento, IGrainFactory grains) = await OpenAsync(scene, isClient: false);
        scene.States.OnWrite = static () => throw new IOException("says the test");
        await Assert.ThrowsAnyAsync<MementoException>(() => memento.TransactionAsync(
            async tx =>
            {
                await Money.AddAsync(tx, 1, 5, isOnDisk: true);
                await grains.GetGrain<IWallet>(Ada).AddAsync(-5);
            },
            new TransactionOptions { Timeout = TimeSpan.FromSeconds(2) }).Within());
        scene.States.OnWrite = null;

        await Waiting.UntilAsync(
            async () => await memento.TransactionAsync(async tx =>
                await grains.GetGrain<IWallet>(Ada).ReadAsync()
                    + await Money.ReadAsync(tx, 1, isOnDisk: true)) == 0,
            "the wallet is there again, and nothing was kept");
        await scene.UntilUnlockedAsync();
    }

    [Fact]
    public async Task A_decision_outlives_the_silo_that_made_it()
    {
        await using var place = new TStorage();
        await using MixedScene scene = await MixedScene.StartAsync(silos, place);
        (IMemento memento, IGrainFactory grains) = await OpenAsync(scene, isClient: false);
        TestSilo deciding = scene.Cluster.Silos[0];
        await memento.TransactionAsync(
            async tx => await grains.GetGrain<IWallet>(Ada).PayIntoAsync(1, 5, isOnDisk: true))
            .Within();
        await scene.UntilToldAsync();

        // Acknowledged, and the wallet does not hear of it.
        int account = (await scene.Cluster.KeysInAsync<DiskAccount, int>(
            deciding, 1, static i => i))[0];
        scene.HoldConfirms();
        await memento.TransactionAsync(async tx =>
        {
            await grains.GetGrain<IWallet>(Ada).AddAsync(-7);
            await Money.AddAsync(tx, account, 7, isOnDisk: true);
        }).Within();
        await scene.Held.Task.Within();
        await scene.Cluster.KillAsync(deciding);
        if (silos == 1) await scene.Cluster.StartSiloAsync();
        scene.ReleaseConfirms();

        (memento, grains) = await OpenAsync(scene, isClient: false);
        await Waiting.UntilAsync(
            async () => await ReadAsync(grains.GetGrain<IWallet>(Ada)) == -12,
            "the wallet has what was decided");
        Assert.Equal(12, await memento.TransactionAsync(async tx =>
            (await tx.AllAsync<DiskAccount>()).Sum(static each => each.Balance)).Within());
        await Waiting.UntilAsync(
            async () => (await scene.Cluster.Silos[0].Services
                .GetRequiredService<Decisions>().LoadAsync()).Count == 0,
            "the decision is forgotten");
    }

    /// <summary>Where its silo has died, it is not there for a while.</summary>
    private static async Task<long?> ReadAsync(IWallet wallet)
    {
        try
        {
            return await wallet.ReadAsync().Within();
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            return null;
        }
    }

    private static async Task<(IMemento Memento, IGrainFactory Grains)> OpenAsync(
        MixedScene scene, bool isClient)
    {
        IServiceProvider services = isClient
            ? (await scene.Cluster.ConnectAsync()).Services
            : scene.Cluster.Silos[0].Services;
        return (
            services.GetRequiredService<IMemento>(), services.GetRequiredService<IGrainFactory>());
    }
}
