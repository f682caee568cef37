using System.Collections.Concurrent;
using Memento.LogStorage;
using Memento.Storage;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.GrainStorages;

/// <summary>What a silo does when another silo makes a checkpoint and clears behind it.</summary>
public sealed class CheckpointsOfOthersTests
{
    private static readonly string Long = new('x', 3_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_load_goes_on_where_its_runs_are_cleared_under_it()
    {
        await using LogScene scene = await MakeAsync();
        LogSilo other = await scene.OpenAsync();
        LogSilo owner = await scene.OpenAsync();
        string[] expected = await owner.Scene.RowsAsync();
        await using IAsyncEnumerator<StoredRow> load = await BeginAsync(owner);

        await MergeAsync(scene, other);

        List<string> rows = ["0=" + Long];
        while (await load.MoveNextAsync())
            rows.Add($"{load.Current.Key[1]}={ValueOf(load.Current)}");
        Assert.Equal(expected, rows);
    }

    [Fact]
    public async Task A_load_beside_which_the_rows_change_says_so_where_its_runs_are_cleared()
    {
        await using LogScene scene = await MakeAsync();
        LogSilo other = await scene.OpenAsync();
        LogSilo owner = await scene.OpenAsync();
        await using IAsyncEnumerator<StoredRow> load = await BeginAsync(owner);

        await owner.Scene.WriteAsync(Row(35, "changed"));
        await MergeAsync(scene, other);

        StorageException error = await Assert.ThrowsAsync<StorageException>(async () =>
        {
            while (await load.MoveNextAsync())
                Assert.NotNull(load.Current.Key);
        });
        Assert.Contains("were changed while they were read", error.Message);
        Assert.Equal(40, (await owner.Scene.RowsAsync()).Length);
    }

    [Fact]
    public async Task A_load_that_is_left_early_leaves_no_read_behind()
    {
        await using LogScene scene = await MakeAsync();
        LogSilo silo = await scene.OpenAsync();
        var mayGoOn = new TaskCompletionSource();
        silo.Process.OnRead = async (key, read) =>
        {
            if (key == "run-1-3") await mayGoOn.Task;
            await read();
        };
        IAsyncEnumerator<StoredRow> load = await BeginAsync(silo);

        Task leaving = load.DisposeAsync().AsTask();

        Assert.False(leaving.IsCompleted);
        mayGoOn.SetResult();
        await leaving;
    }

    [Fact]
    public async Task A_silo_that_knows_the_log_takes_a_checkpoint_over_without_reading_it_again()
    {
        await using LogScene scene = await MakeAsync();
        LogSilo silo = await scene.OpenAsync();
        var id = Guid.NewGuid();
        await silo.Scene.WriteAsync(Deciding(id, Row(90, "decided")));
        string[] known = [.. scene.Provider.Keys.Where(static key => key != StateKeys.Root)];
        LogSilo other = await scene.OpenAsync();
        await other.Scene.WriteAsync(Row(91, "of the other"));
        await other.Storage.CheckpointAsync(Token);

        scene.PassRootAge();
        ConcurrentBag<string> read = [];
        silo.Process.OnRead = (key, go) =>
        {
            read.Add(key);
            return go();
        };
        await silo.Scene.OwnAsync();
        await silo.Scene.WriteAsync(Row(92, "behind it"));
        silo.Process.OnRead = null;

        // It has read what is new in the log, and the image of the checkpoint: no other run.
        Assert.Empty(read.Intersect(known));
        Assert.Single(read.Where(IsPiece).Select(static key => key.Split('-')[1]).Distinct());
        Assert.Equal(43, (await silo.Scene.RowsAsync()).Length);
        Assert.Equal(TransactionOutcome.Committed, await silo.Storage.DecideAsync(id, Token));
        Assert.True(await silo.Storage.CheckpointAsync(Token));
        LogSilo reader = await scene.OpenAsync();
        Assert.Equal(43, (await reader.Scene.RowsAsync()).Length);
    }

    [Fact]
    public async Task A_silo_whose_read_took_long_does_not_take_a_cleared_place_for_the_end()
    {
        await using LogScene scene = await MakeAsync();
        LogSilo silo = await scene.OpenAsync();
        LogSilo other = await scene.OpenAsync();
        silo.Process.OnRead = async (key, read) =>
        {
            if (key.StartsWith("log-", StringComparison.Ordinal))
            {
                silo.Process.OnRead = null;
                await other.Scene.WriteAsync(Row(90, "meanwhile"));
                await MergeAsync(scene, other);
            }

            await read();
        };

        Assert.Contains("90=meanwhile", await silo.Scene.RowsAsync());
    }

    [Fact]
    public async Task A_silo_below_whose_reads_the_log_is_cleared_does_not_take_it_for_lost()
    {
        await using LogScene scene = await MakeAsync();
        LogSilo silo = await scene.OpenAsync();
        LogSilo other = await scene.OpenAsync();
        for (int key = 90; key < 93; key++)
            await other.Scene.WriteAsync(Row(key, "of the other"));

        // Behind the first new state it reads several at once. The first of them is read last.
        int reads = 0;
        silo.Process.OnRead = async (key, read) =>
        {
            if (key.StartsWith("log-", StringComparison.Ordinal)
                && Interlocked.Increment(ref reads) == 2)
            {
                silo.Process.OnRead = null;
                await Task.Yield();
                await MergeAsync(scene, other);
            }

            await read();
        };

        Assert.Equal(43, (await silo.Scene.RowsAsync()).Length);
        Assert.True(reads >= 2, "It did not read several at once.");
    }

    [Fact]
    public async Task What_another_silo_has_cleared_is_not_cleared_again()
    {
        await using LogScene scene = await MakeAsync();
        LogSilo silo = await scene.OpenAsync();
        LogSilo other = await scene.OpenAsync();
        await MergeAsync(scene, other);
        await other.Scene.WriteAsync(Row(1, "later"));
        await other.Storage.CheckpointAsync(Token);

        await silo.Scene.OwnAsync();
        await silo.Storage.CheckpointAsync(Token);
        scene.PassClearDelay();
        ConcurrentBag<string> cleared = [];
        silo.Process.OnRead = (key, go) =>
        {
            cleared.Add(key);
            return go();
        };
        await silo.Storage.ClearAsync(Token);

        Assert.Contains(cleared, static key => key.StartsWith("log-", StringComparison.Ordinal));
        Assert.DoesNotContain("log-1", cleared);
        Assert.DoesNotContain(scene.Provider.Keys, static key => key == "log-1");
    }

    /// <summary>20 rows in a checkpoint, and 20 in the log behind it.</summary>
    private static async Task<LogScene> MakeAsync()
    {
        var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        await silo.Scene.WriteAsync([.. Enumerable.Range(0, 20).Select(key => Row(key, Long))]);
        await silo.Storage.CheckpointAsync(Token);
        await silo.Scene.WriteAsync([.. Enumerable.Range(20, 20).Select(key => Row(key, Long))]);
        return scene;
    }

    /// <summary>Makes a checkpoint that merges the runs, and clears what is left of them.</summary>
    private static async Task MergeAsync(LogScene scene, LogSilo silo)
    {
        Assert.True(await silo.Storage.CheckpointAsync(Token));
        scene.PassClearDelay();
        await silo.Storage.ClearAsync(Token);
        Assert.DoesNotContain("run-1-0", scene.Provider.Keys);
    }

    /// <summary>A load that has read its first row.</summary>
    private static async Task<IAsyncEnumerator<StoredRow>> BeginAsync(LogSilo silo)
    {
        IAsyncEnumerator<StoredRow> load = silo.Storage.LoadAsync("t", 0, Token)
            .GetAsyncEnumerator(Token);
        Assert.True(await load.MoveNextAsync());
        return load;
    }

    private static bool IsPiece(string key) => key.StartsWith("run-", StringComparison.Ordinal);
}
