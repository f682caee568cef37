using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// The categories of Orleans' own transaction tests, over records alone, over transactional grains
/// alone, and over both, from a silo and from a client. Here: what goes well, one transaction after
/// the other and many at once.
/// </summary>
public abstract partial class TransactionKit<TStorage>(KitFixture<TStorage> fixture)
    where TStorage : StorageUnderTest, new()
{
    private MixedScene Scene => fixture.Scene;

    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task One_or_many_change_together(bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        foreach ((int states, int records) in new[] { (1, 1), (1, 4), (4, 1), (4, 4) })
        {
            int key = Scene.NewKey();
            for (int round = 1; round <= 2; round++)
            {
                await desk.Memento.TransactionAsync(async tx =>
                {
                    // Twice each: the second write is on top of the first.
                    for (int i = 0; i < 2 * states; i++)
                        await desk.AddAsync(tx, key + (i % states), parts & Parts.States);
                    for (int i = 0; i < 2 * records; i++)
                        await desk.AddAsync(tx, key + (i % records), parts & ~Parts.States);
                }).Within();
            }

            for (int i = 0; i < 5; i++)
            {
                Assert.Equal(
                    (
                        parts.HasStates() && i < states ? 4 : 0,
                        parts.HasRecords() && i < records ? 4 : 0),
                    await desk.ReadAsync(key + i, parts));
            }
        }
    }

    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task A_transaction_reads_what_it_has_written(bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        for (long before = 0; before <= 7; before = (2 * before) + 1)
        {
            await desk.Memento.TransactionAsync(async tx =>
            {
                Assert.Equal(parts.Each(before), await desk.ReadAsync(tx, key, parts));
                await desk.AddAsync(tx, key, parts);
                Assert.Equal(parts.Each(before + 1), await desk.ReadAsync(tx, key, parts));
                await desk.AddAsync(tx, key, parts, before);
            }).Within();
            Assert.Equal(parts.Each((2 * before) + 1), await desk.ReadAsync(key, parts));
        }
    }

    [Theory]
    [MemberData(nameof(KitPlaces.Mixed), MemberType = typeof(KitPlaces))]
    public async Task What_is_read_in_one_is_written_to_the_other(bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        await desk.AddAsync(key, parts);
        await desk.Memento.TransactionAsync(async tx =>
        {
            long state = await desk.Wallet(key).ReadAsync();
            await Money.AddAsync(tx, key, 2 * state, parts.AreOnDisk());
        }).Within();
        Assert.Equal((1, 3), await desk.ReadAsync(key, parts));
        await desk.Memento.TransactionAsync(async tx =>
        {
            long record = await Money.ReadAsync(tx, key, parts.AreOnDisk());
            await desk.Wallet(key).AddAsync(record);
        }).Within();
        Assert.Equal((4, 3), await desk.ReadAsync(key, parts));
    }

    [Theory]
    [MemberData(nameof(KitPlaces.Mixed), MemberType = typeof(KitPlaces))]
    public async Task A_grain_elsewhere_may_use_what_the_silo_of_the_body_has(
        bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        int account = parts.AreOnDisk()
            ? await FirstAsync<DiskAccount>()
            : await FirstAsync<RamAccount>();
        long before = (await desk.ReadAsync(account, parts)).Record;
        for (int i = 0; i < 12; i++)
        {
            await desk.Memento.TransactionAsync(
                async tx =>
                {
                    await Money.AddAsync(tx, account, 1, parts.AreOnDisk());
                    await desk.Wallet(Scene.NewKey()).PayIntoAsync(account, 1, parts.AreOnDisk());
                    await Money.AddAsync(tx, account, 1, parts.AreOnDisk());
                },
                new TransactionOptions { MaxAttempts = 20 }).Within();
        }

        Assert.Equal(before + 36, (await desk.ReadAsync(account, parts)).Record);

        async Task<int> FirstAsync<T>()
            where T : class
        {
            int first = Scene.NewKey();
            return (await Scene.Cluster.KeysInAsync<T, int>(
                Scene.Cluster.Silos[0], 1, i => first + i))[0];
        }
    }

    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task Many_at_once_lose_nothing(bool isClient, Parts parts)
    {
        Desk[] desks = [await Scene.OpenAsync(isClient), await Scene.OpenAsync(!isClient)];
        int key = Scene.NewKey();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < 5; i++)
                await desks[worker % 2].AddAsync(key, parts);
        })));
        Assert.Equal(parts.Each(20), await desks[0].ReadAsync(key, parts));
        await Scene.UntilIdleAsync();
    }

    /// <summary>Each transaction takes a key and the next; together a chain, or a tree.</summary>
    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task Transactions_at_once_share_what_they_change(bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        foreach (int[] firsts in new int[][] { [0, 1, 2, 3], [0, 2, 1] })
        {
            int key = Scene.NewKey();
            await Task.WhenAll(firsts.Select(first => Task.Run(() =>
                desk.Memento.TransactionAsync(async tx =>
                {
                    await desk.AddAsync(tx, key + first, parts);
                    await desk.AddAsync(tx, key + first + 1, parts);
                }).Within())));
            for (int i = 0; i <= firsts.Length; i++)
            {
                Assert.Equal(
                    parts.Each(i == 0 || i == firsts.Length ? 1 : 2),
                    await desk.ReadAsync(key + i, parts));
            }
        }
    }

    [Fact]
    public async Task Transfers_between_all_kinds_keep_the_sum()
    {
        int seed = Settings.RunSeed;
        Desk[] desks =
            [await Scene.OpenAsync(isClient: false), await Scene.OpenAsync(isClient: true)];
        var bank = new MixedBank(Scene.NewKey());
        await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
        {
            var random = new Random(seed + worker);
            for (int i = 0; i < 40; i++)
                await bank.TransferAsync(desks[worker % 2], random).Within($"a transfer ({seed})");
        })));

        foreach (Desk each in desks)
            Assert.Equal((seed, 0), (seed, await bank.SumAsync(each).Within()));
        await Scene.UntilIdleAsync();
    }

    /// <summary>Does the same in a silo and in a client, for all kinds, side by side.</summary>
    private Task ForAllAsync(Func<Parts, bool> isMeant, Func<Desk, int, Parts, Task> test)
        => Task.WhenAll(
            from isClient in new[] { false, true }
            from parts in KitPlaces.AllParts.Where(isMeant)
            select Task.Run(async () =>
            {
                Desk desk = await Scene.OpenAsync(isClient);
                await test(desk, Scene.NewKey(), parts);
            }));
}
