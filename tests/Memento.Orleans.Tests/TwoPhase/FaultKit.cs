using Memento.Commit.Mixed;
using Memento.Storage;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Faults in each phase of a transaction over tables and transactional grains, and at random:
/// afterwards all of it is kept, or nothing, and the answer says which.
/// </summary>
public abstract class FaultKit<TStorage>(int silos)
    where TStorage : StorageUnderTest, new()
{
    /// <summary>How many calls and writes fail at random, in a test of that.</summary>
    private const int Faults = 4;

    /// <summary>A state of Orleans that hears of no end is locked until the time limit.</summary>
    private static readonly TransactionOptions Once =
        new() { MaxAttempts = 1, Timeout = TimeSpan.FromSeconds(5) };

    private static readonly TransactionOptions Short =
        new() { MaxAttempts = 1, Timeout = TimeSpan.FromSeconds(1.5) };

    [Fact]
    public async Task Where_our_storage_refuses_the_decision_nothing_is_kept()
    {
        await using MixedScene scene = await StartAsync();
        foreach (bool isClient in new[] { false, true })
        {
            Desk desk = await scene.OpenAsync(isClient);
            int key = scene.NewKey();
            await desk.AddAsync(key);
            int refused = 0;
            PlanDecisions(scene, () => Interlocked.Increment(ref refused) == 1
                ? new Fault(FaultyStorage.DiskFailure)
                : null);
            await Assert.ThrowsAnyAsync<MementoException>(
                () => desk.AddAsync(key, options: Once));
            Assert.Equal(1, refused);
            Assert.Equal((1, 1), await desk.ReadSoonAsync(key));
            await desk.AddAsync(key);
            Assert.Equal((2, 2), await desk.ReadSoonAsync(key));
        }

        await scene.UntilIdleAsync();
    }

    [Fact]
    public async Task A_decision_in_doubt_ends_whole()
    {
        await using MixedScene scene = await StartAsync();
        Desk desk = await scene.OpenAsync(isClient: true);
        foreach (bool isKept in new[] { false, true })
        {
            int key = scene.NewKey();
            await desk.AddAsync(key);
            int doubts = 0;
            var doubt = new BatchInDoubtException("Perhaps.", FaultyStorage.DiskFailure);
            PlanDecisions(scene, () => Interlocked.Increment(ref doubts) == 1
                ? new Fault(doubt, isKept)
                : null);
            Exception? error = await Record.ExceptionAsync(
                () => desk.AddAsync(key, options: Once));
            Assert.Equal(1, doubts);
            Assert.Equal(isKept, error is null);
            Assert.Equal(isKept ? (2, 2) : (1, 1), await desk.ReadSoonAsync(key));
        }

        await scene.UntilIdleAsync();
    }

    /// <summary>A message that is lost: before the decision it aborts, after it nothing.</summary>
    [Fact]
    public async Task A_lost_message_leaves_no_half()
    {
        await using MixedScene scene = await StartAsync();
        Desk desk = await scene.OpenAsync(isClient: false);
        foreach (string method in new[] { "Prepare", "Prepared", "Confirm" })
        {
            int key = scene.NewKey();
            await desk.AddAsync(key);
            await scene.UntilIdleAsync();
            int lost = 0;
            scene.Calls.Loses = called =>
                called == method && Interlocked.Increment(ref lost) <= 2;
            Exception? error = await Record.ExceptionAsync(
                () => desk.AddAsync(key, options: Short));
            if (method == "Confirm") Assert.Null(error);
            Assert.Equal(error is null ? (2, 2) : (1, 1), await desk.ReadSoonAsync(key));
            Assert.NotEqual(0, lost);
            scene.Calls.Loses = null;
        }

        await scene.UntilIdleAsync();
    }

    [Fact]
    public async Task Where_the_grain_cannot_prepare_nothing_is_kept()
    {
        await using MixedScene scene = await StartAsync();
        Desk desk = await scene.OpenAsync(isClient: false);
        scene.States.OnWrite = static () => throw new IOException("says the test");
        await Assert.ThrowsAnyAsync<MementoException>(
            () => desk.AddAsync(1, options: Short));
        scene.States.OnWrite = null;
        Assert.Equal((0, 0), await desk.ReadSoonAsync(1));
        await scene.UntilIdleAsync();
    }

    [Fact]
    public async Task A_state_that_cannot_be_written_after_the_decision_is_written_later()
    {
        await using MixedScene scene = await StartAsync();
        Desk desk = await scene.OpenAsync(isClient: false);
        await desk.AddAsync(1);
        await scene.UntilIdleAsync();
        int failed = 0;
        int before = scene.Calls.CountPassed("Confirm");
        scene.States.OnWrite = () =>
        {
            if (scene.Calls.CountPassed("Confirm") > before
                && Interlocked.Increment(ref failed) <= 2)
            {
                throw new IOException("says the test");
            }
        };
        await desk.AddAsync(1);
        Assert.Equal((2, 2), await desk.ReadSoonAsync(1));
        Assert.InRange(Volatile.Read(ref failed), 1, int.MaxValue);
        await scene.UntilIdleAsync();
    }

    /// <summary>
    /// Another silo may have what is needed to decide: so it may be kept, and never by half.
    /// </summary>
    [Fact]
    public async Task A_silo_that_dies_before_or_in_the_decision_leaves_no_half()
        => await Task.WhenAll(DieAsync("Prepare"), DieAsync("Prepared"), DieAsync(held: null));

    [Fact]
    public async Task A_decision_outlives_the_silo_that_made_it()
    {
        await using MixedScene scene = await StartAsync();
        int key = await AddAtFirstSiloAsync(scene);

        // Acknowledged, and the wallet does not hear of it.
        Desk desk = await scene.OpenAsync(isClient: false);
        HeldCalls held = scene.Calls.Hold("Confirm");
        await desk.AddAsync(key);
        await held.Reached.Within();
        await scene.Cluster.KillAsync(scene.Cluster.Silos[0]);
        if (silos == 1) await scene.Cluster.StartSiloAsync();
        held.Release();

        desk = await scene.OpenAsync(isClient: false);
        Assert.Equal((2, 2), await desk.ReadSoonAsync(key));
        await Waiting.UntilAsync(
            async () => (await scene.Cluster.Silos[0].Services
                .GetRequiredService<Decisions>().LoadAsync()).Count == 0,
            "the decision is forgotten");
    }

    [Fact]
    public async Task Money_stays_the_same_where_a_silo_is_killed_or_stops()
        => await Task.WhenAll(MoveMoneyAsync(isKilled: true), MoveMoneyAsync(isKilled: false));

    [Fact]
    public async Task Faults_at_random_leave_the_sum_as_it_was()
    {
        int seed = Settings.RunSeed;
        var random = new Random(seed);
        await using MixedScene scene = await StartAsync();
        Transfers transfers = await Transfers.BeginAsync(scene, seed);
        await transfers.UntilMoreAsync(20);
        int faults = 0;
        foreach (FaultyStorage each in scene.Storages)
        {
            each.Plan = (_, _) => !Happens(5) ? null
                : Happens(50) ? new Fault(FaultyStorage.DiskFailure)
                : new Fault(
                    new BatchInDoubtException("Perhaps.", FaultyStorage.DiskFailure),
                    IsWritten: Happens(50));
        }

        scene.States.OnWrite = () =>
        {
            if (Happens(2)) throw new IOException("says the test");
        };
        scene.Calls.Loses = called
            => called is "Prepare" or "Prepared" or "Confirm" or "Cancel" or "Ping"
                or "CommitReadOnly" or "PrepareAndCommit" && Happens(2);
        await Waiting.UntilAsync(() => Volatile.Read(ref faults) >= Faults, "enough has failed");
        scene.Mend();
        await transfers.UntilMoreAsync(10);
        await transfers.RequireSumAsync();
        await scene.UntilIdleAsync();

        bool Happens(int percent)
        {
            lock (random)
            {
                bool happens = random.Next(100) < percent;
                if (happens) faults++;
                return happens;
            }
        }
    }

    /// <summary>Lets the first silo die while it commits.</summary>
    /// <param name="held">The call that stands still then; null: our own batch does.</param>
    private async Task DieAsync(string? held)
    {
        await using MixedScene scene = await StartAsync();
        int key = await AddAtFirstSiloAsync(scene);
        Desk desk = await scene.OpenAsync(isClient: false);
        FaultyStorage storage = scene.Storages[0];
        HeldCalls? calls = held is null ? null : scene.Calls.Hold(held);
        if (calls is null) storage.Block();
        Task<Exception?> adding = ExceptionAsync(() => desk.AddAsync(key, options: Once));
        await (calls?.Reached ?? storage.Reached).Within();
        await KillAsync(scene, calls is null ? storage.Unblock : calls.Release);

        desk = await scene.OpenAsync(isClient: false);
        (long state, long record) = await desk.ReadSoonAsync(key);
        Assert.Equal((held, state), (held, record));
        Assert.InRange(state, await adding.Within() is null ? 2 : 1, 2);
    }

    private async Task MoveMoneyAsync(bool isKilled)
    {
        await using MixedScene scene = await StartAsync();
        Transfers transfers = await Transfers.BeginAsync(scene, Settings.RunSeed);
        await transfers.UntilMoreAsync(40);
        TestSilo ending = scene.Cluster.Silos[^1];
        await (isKilled ? scene.Cluster.KillAsync(ending) : scene.Cluster.StopAsync(ending));
        await scene.Cluster.StartSiloAsync();
        await transfers.UntilMoreAsync(10);
        await transfers.RequireSumAsync();
    }

    private Task<MixedScene> StartAsync() => MixedScene.StartAsync(silos, new TStorage());

    /// <summary>Adds to both of a key whose record is in the first silo.</summary>
    private static async Task<int> AddAtFirstSiloAsync(MixedScene scene)
    {
        Desk desk = await scene.OpenAsync(isClient: false);
        await desk.AddAsync(0);
        int key = (await scene.Cluster.KeysInAsync<DiskAccount, int>(
            scene.Cluster.Silos[0], 1, static i => i + 1))[0];
        await desk.AddAsync(key);
        await scene.UntilIdleAsync();
        return key;
    }

    private static void PlanDecisions(MixedScene scene, Func<Fault?> fate)
    {
        foreach (FaultyStorage each in scene.Storages)
            each.Plan = (_, batch) => MixedScene.Decides(batch) ? fate() : null;
    }

    private static async Task<Exception?> ExceptionAsync(Func<Task> code)
        => await Record.ExceptionAsync(code);

    /// <summary>
    /// Kills the first silo, whose storage has nothing of it any more. A silo in this process does
    /// not end before what a test holds in it has gone on.
    /// </summary>
    private async Task KillAsync(MixedScene scene, Action release)
    {
        scene.Storages[0].Before = static (_, _) => throw FaultyStorage.DiskFailure;
        Task killing = scene.Cluster.KillAsync(scene.Cluster.Silos[0]);
        release();
        await killing;
        if (silos == 1) await scene.Cluster.StartSiloAsync();
    }
}
