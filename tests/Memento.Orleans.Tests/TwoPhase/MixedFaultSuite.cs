using Memento.Storage;
using Memento.Testing;
using Memento.Tests.Clusters;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Faults in each phase of a transaction over tables and transactional grains: afterwards all of it
/// is kept, or nothing, and the answer says which.
/// </summary>
public abstract class MixedFaultSuite<TStorage>(int silos)
    where TStorage : StorageUnderTest, new()
{
    private const int Places = 4;

    private static readonly TransactionOptions Once = new() { MaxAttempts = 1 };

    private static readonly TransactionOptions Short =
        new() { MaxAttempts = 1, Timeout = TimeSpan.FromSeconds(1.5) };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_our_storage_refuses_the_decision_nothing_is_kept(bool isClient)
    {
        await using TillScene scene = await TillScene.StartAsync<TStorage>(silos);
        TillDesk desk = await scene.OpenAsync(isClient);
        await desk.AddToBothAsync(1);
        int refused = 0;
        PlanDecisions(scene, () => Interlocked.Increment(ref refused) == 1
            ? new Fault(FaultyStorage.DiskFailure)
            : null);
        await Assert.ThrowsAnyAsync<MementoException>(
            () => desk.AddToBothAsync(1, options: Once));
        Assert.Equal(1, refused);
        Assert.Equal((1, 1), await desk.ReadSoonAsync(1));
        await desk.AddToBothAsync(1);
        Assert.Equal((2, 2), await desk.ReadAsync(1, isOnDisk: true));
        await scene.UntilIdleAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_decision_in_doubt_ends_whole(bool isKept)
    {
        await using TillScene scene = await TillScene.StartAsync<TStorage>(silos);
        TillDesk desk = await scene.OpenAsync(isClient: true);
        await desk.AddToBothAsync(1);
        int doubts = 0;
        var doubt = new BatchInDoubtException("Perhaps.", FaultyStorage.DiskFailure);
        PlanDecisions(scene, () => Interlocked.Increment(ref doubts) == 1
            ? new Fault(doubt, isKept)
            : null);
        Exception? error = await Record.ExceptionAsync(
            () => desk.AddToBothAsync(1, options: Once));
        Assert.Equal(1, doubts);
        Assert.Equal(isKept, error is null);
        Assert.Equal(isKept ? (2, 2) : (1, 1), await desk.ReadSoonAsync(1));
        await scene.UntilIdleAsync();
    }

    /// <summary>A message that is lost: before the decision it aborts, after it nothing.</summary>
    [Theory]
    [InlineData("Prepare", false)]
    [InlineData("Prepared", false)]
    [InlineData("Confirm", true)]
    public async Task A_lost_message_leaves_no_half(string method, bool isKept)
    {
        await using TillScene scene = await TillScene.StartAsync<TStorage>(silos);
        TillDesk desk = await scene.OpenAsync(isClient: false);
        await desk.AddToBothAsync(1);
        await scene.UntilIdleAsync();
        int lost = 0;
        scene.OnCall = called => called == method && Interlocked.Increment(ref lost) <= 2
            ? throw new TimeoutException($"{method} is lost, says the test.")
            : Task.CompletedTask;
        Exception? error = await Record.ExceptionAsync(
            () => desk.AddToBothAsync(1, options: Short));
        if (isKept) Assert.Null(error);
        (long, long) expected = error is null ? (2, 2) : (1, 1);
        Assert.Equal(expected, await desk.ReadSoonAsync(1));
        Assert.NotEqual(0, lost);
        scene.OnCall = null;
        await scene.UntilIdleAsync();
    }

    [Fact]
    public async Task A_state_that_cannot_be_written_after_the_decision_is_written_later()
    {
        await using TillScene scene = await TillScene.StartAsync<TStorage>(silos);
        TillDesk desk = await scene.OpenAsync(isClient: false);
        await desk.AddToBothAsync(1);
        await scene.UntilIdleAsync();
        int failed = 0;
        bool isDecided = false;
        scene.OnCall = called =>
        {
            if (called == "Confirm") Volatile.Write(ref isDecided, true);
            return Task.CompletedTask;
        };
        scene.States.OnWrite = () =>
        {
            if (Volatile.Read(ref isDecided) && Interlocked.Increment(ref failed) <= 2)
                throw new IOException("says the test");
        };
        await desk.AddToBothAsync(1);
        Assert.Equal((2, 2), await desk.ReadSoonAsync(1));
        Assert.InRange(Volatile.Read(ref failed), 1, int.MaxValue);
        await scene.UntilIdleAsync();
    }

    /// <summary>
    /// Another silo may have what is needed to decide: so it may be kept, and never by half.
    /// </summary>
    [Theory]
    [InlineData("Prepare")]
    [InlineData("Prepared")]
    public async Task A_silo_that_dies_before_the_decision_leaves_no_half(string method)
    {
        await using TillScene scene = await TillScene.StartAsync<TStorage>(silos);
        int key = await AddAtFirstSiloAsync(scene);
        TillDesk desk = await scene.OpenAsync(isClient: false);
        var reached = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        scene.OnCall = called =>
        {
            if (called != method) return Task.CompletedTask;
            reached.TrySetResult();
            return go.Task;
        };
        Task<Exception?> adding = ExceptionAsync(() => desk.AddToBothAsync(key, options: Once));
        await reached.Task.Within();
        await KillAsync(scene, go.SetResult);
        await RequireWholeAsync(scene, key, adding);
    }

    [Fact]
    public async Task A_silo_that_dies_while_it_decides_leaves_no_half()
    {
        await using TillScene scene = await TillScene.StartAsync<TStorage>(silos);
        int key = await AddAtFirstSiloAsync(scene);
        TillDesk desk = await scene.OpenAsync(isClient: false);
        FaultyStorage storage = scene.Storages[0];
        storage.Block();
        Task<Exception?> adding = ExceptionAsync(() => desk.AddToBothAsync(key, options: Once));
        await storage.Reached.Within();
        await KillAsync(scene, storage.Unblock);
        await RequireWholeAsync(scene, key, adding);
    }

    [Fact]
    public async Task Money_in_both_stays_the_same_where_a_silo_dies()
    {
        int seed = Settings.RunSeed;
        await using TillScene scene = await TillScene.StartAsync<TStorage>(silos);
        TestSilo dying = scene.Cluster.Silos[^1];
        IServiceProvider services = (await scene.Cluster.ConnectAsync()).Services;
        int done = 0;
        using var enough = new CancellationTokenSource();
        Task[] workers = [.. Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var random = new Random(seed + worker);
            TillDesk desk = new(services);
            while (!enough.IsCancellationRequested)
            {
                await Record.ExceptionAsync(
                    () => TransferAsync(desk, random).Within());
                Interlocked.Increment(ref done);
            }
        }))];
        await Waiting.UntilAsync(() => Volatile.Read(ref done) > 40, "transfers go on");
        await scene.Cluster.KillAsync(dying);
        await scene.Cluster.StartSiloAsync();
        int before = Volatile.Read(ref done);
        await Waiting.UntilAsync(() => Volatile.Read(ref done) > before + 10, $"go on ({seed})");
        await enough.CancelAsync();
        await Task.WhenAll(workers).WaitAsync(2 * Waiting.Bound);
        TillDesk teller = await scene.OpenAsync(isClient: false);
        long? sum = null;
        await Waiting.UntilAsync(
            async () =>
            {
                Exception? error = await Record.ExceptionAsync(async () =>
                    sum = await SumAsync(teller).Within());
                return error is null;
            },
            $"all can be read again ({seed})");
        Assert.Equal((seed, 0L), (seed, sum));
    }

    /// <summary>Between a till and a record, in either direction.</summary>
    private static Task TransferAsync(TillDesk desk, Random random)
    {
        int till = random.Next(Places);
        int record = random.Next(Places);
        int amount = random.Next(-50, 50);
        return desk.Memento.TransactionAsync(
            async tx =>
            {
                await desk.Till(till).AddAsync(amount);
                await Money.AddAsync(tx, record, -amount, isOnDisk: true);
            },
            new TransactionOptions { Timeout = TimeSpan.FromSeconds(5) });
    }

    private static Task<long> SumAsync(TillDesk desk)
        => desk.Memento.TransactionAsync(async tx =>
        {
            long sum = 0;
            for (int i = 0; i < Places; i++)
            {
                sum += await desk.Till(i).ReadAsync()
                    + await Money.ReadAsync(tx, i, isOnDisk: true);
            }

            return sum;
        });

    /// <summary>Adds to both of a key whose record is in the first silo.</summary>
    private static async Task<int> AddAtFirstSiloAsync(TillScene scene)
    {
        TillDesk desk = await scene.OpenAsync(isClient: false);
        await desk.AddToBothAsync(0);
        int key = (await scene.Cluster.KeysInAsync<DiskAccount, int>(
            scene.Cluster.Silos[0], 1, static i => i + 1))[0];
        await desk.AddToBothAsync(key);
        await scene.UntilIdleAsync();
        return key;
    }

    private static async Task RequireWholeAsync(
        TillScene scene, int key, Task<Exception?> adding)
    {
        TillDesk desk = await scene.OpenAsync(isClient: false);
        (long till, long record) = await desk.ReadSoonAsync(key);
        Assert.Equal(till, record);
        Assert.InRange(till, await adding.Within() is null ? 2 : 1, 2);
    }

    private static void PlanDecisions(TillScene scene, Func<Fault?> fate)
    {
        foreach (FaultyStorage each in scene.Storages)
            each.Plan = (_, batch) => TillScene.Decides(batch) ? fate() : null;
    }

    private static async Task<Exception?> ExceptionAsync(Func<Task> code)
        => await Record.ExceptionAsync(code);

    /// <summary>
    /// Kills the first silo, whose storage has nothing of it any more. A silo in this process does
    /// not end before what a test holds in it has gone on.
    /// </summary>
    private async Task KillAsync(TillScene scene, Action release)
    {
        scene.Storages[0].Before = static (_, _) => throw FaultyStorage.DiskFailure;
        Task killing = scene.Cluster.KillAsync(scene.Cluster.Silos[0]);
        scene.OnCall = null;
        release();
        await killing;
        if (silos == 1) await scene.Cluster.StartSiloAsync();
    }
}
