using Memento.Testing;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// The categories of Orleans' own transaction tests, over tables and transactional grains together,
/// from a silo and from a client, with tables in ram and on disk.
/// </summary>
public abstract partial class MixedSuite<TStorage>(MixedFixture<TStorage> fixture)
    where TStorage : StorageUnderTest, new()
{
    /// <summary>Whether a client does it, and whether the table is on disk.</summary>
    public static TheoryData<bool, bool> Places => new()
    {
        { false, false },
        { false, true },
        { true, false },
        { true, true },
    };

    private TillScene Scene => fixture.Scene;

    [Theory]
    [MemberData(nameof(Places))]
    public async Task One_or_many_grains_and_records_change_together(bool isClient, bool isOnDisk)
    {
        TillDesk desk = await Scene.OpenAsync(isClient);
        foreach ((int tills, int records) in new[] { (1, 1), (1, 4), (4, 1), (4, 4) })
        {
            int key = Scene.NewKey();
            for (int round = 1; round <= 2; round++)
            {
                await desk.Memento.TransactionAsync(async tx =>
                {
                    // Twice each: the second write is on top of the first.
                    for (int i = 0; i < 2 * tills; i++)
                        await desk.Till(key + (i % tills)).AddAsync(1);
                    for (int i = 0; i < 2 * records; i++)
                        await Money.AddAsync(tx, key + (i % records), 1, isOnDisk);
                }).Within();
            }

            for (int i = 0; i < 5; i++)
            {
                Assert.Equal(
                    (i < tills ? 4 : 0, i < records ? 4 : 0),
                    await desk.ReadAsync(key + i, isOnDisk));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task What_is_read_in_one_is_written_to_the_other(bool isClient, bool isOnDisk)
    {
        TillDesk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        await desk.AddToBothAsync(key, isOnDisk);
        await desk.Memento.TransactionAsync(async tx =>
        {
            long till = await desk.Till(key).ReadAsync();
            await Money.AddAsync(tx, key, 2 * till, isOnDisk);
        }).Within();
        Assert.Equal((1, 3), await desk.ReadAsync(key, isOnDisk));
        await desk.Memento.TransactionAsync(async tx =>
        {
            long record = await Money.ReadAsync(tx, key, isOnDisk);
            await desk.Till(key).AddAsync(record);
        }).Within();
        Assert.Equal((4, 3), await desk.ReadAsync(key, isOnDisk));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task What_only_reads_keeps_no_decision(bool isClient, bool isOnDisk)
    {
        TillDesk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        await desk.AddToBothAsync(key, isOnDisk);
        await Scene.UntilIdleAsync();
        int decisions = 0;
        foreach (FaultyStorage each in Scene.Storages)
        {
            each.Plan = (_, batch) =>
            {
                if (TillScene.Decides(batch)) Interlocked.Increment(ref decisions);
                return null;
            };
        }

        for (int i = 0; i < 3; i++)
            Assert.Equal((1, 1), await desk.ReadAsync(key, isOnDisk));
        Assert.Equal(0, decisions);

        // The same look finds a decision, where a record on disk changes.
        await desk.AddToBothAsync(key, isOnDisk);
        Assert.Equal(isOnDisk ? 1 : 0, decisions);
        foreach (FaultyStorage each in Scene.Storages)
            each.Plan = null;
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Many_at_once_lose_nothing(bool isClient, bool isOnDisk)
    {
        TillDesk[] desks = [await Scene.OpenAsync(isClient), await Scene.OpenAsync(!isClient)];
        int key = Scene.NewKey();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < 5; i++)
                await desks[worker % 2].AddToBothAsync(key, isOnDisk);
        })));
        Assert.Equal((20, 20), await desks[0].ReadAsync(key, isOnDisk));
        await Scene.UntilIdleAsync();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task What_is_written_is_locked_until_the_end(bool isClient, bool isOnDisk)
    {
        TillDesk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        int other = Scene.NewKey();
        var written = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        Task writing = desk.Memento.TransactionAsync(async tx =>
        {
            await desk.Till(key).AddAsync(1);
            await Money.AddAsync(tx, key, 1, isOnDisk);
            written.TrySetResult();
            await end.Task;
        });
        await written.Task.Within();
        Task<(long, long)> reading = desk.ReadAsync(key, isOnDisk);

        // What others hold does not wait, and the reader had the same way to go.
        for (int i = 1; i <= 3; i++)
            await desk.AddToBothAsync(other, isOnDisk);
        Assert.Equal((3, 3), await desk.ReadAsync(other, isOnDisk));
        Assert.False(reading.IsCompleted);
        end.SetResult();
        await writing.Within();
        Assert.Equal((1, 1), await reading.Within());
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_body_past_its_time_limit_leaves_nothing(bool isClient, bool isOnDisk)
    {
        TillDesk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        var limit = TimeSpan.FromMilliseconds(700);
        await Assert.ThrowsAsync<TransactionTimeoutException>(() => desk.Memento.TransactionAsync(
            async tx =>
            {
                await desk.Till(key).AddAsync(1);
                await Money.AddAsync(tx, key, 1, isOnDisk);
                await Task.Delay(2 * limit);
            },
            new TransactionOptions { Timeout = limit }).Within());
        Assert.Equal((0, 0), await desk.ReadAsync(key, isOnDisk));
        await Scene.UntilIdleAsync();
    }
}
