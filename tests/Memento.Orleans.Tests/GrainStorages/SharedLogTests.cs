using Memento.Storage;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.GrainStorages;

/// <summary>Several silos on one log, and writes that come late.</summary>
public sealed class SharedLogTests
{
    private static readonly string Long = new('x', 3_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silos_that_append_at_once_lose_nothing_of_each_other()
    {
        const int silos = 3;
        const int batches = 30;
        await using var scene = new LogScene();
        LogSilo[] all = new LogSilo[silos];
        for (int silo = 0; silo < silos; silo++)
            all[silo] = await scene.OpenAsync();

        // Each has a partition of its own; every third batch has several states.
        long[] epochs = await Task.WhenAll(all.Select(
            (silo, number) => silo.Storage.RaiseEpochAsync("t", number + 1, Token)));
        await Task.WhenAll(all.Select((silo, number) => Task.Run(async () =>
        {
            for (int batch = 1; batch <= batches; batch++)
            {
                RowWrite[] rows =
                [
                    .. Enumerable.Range(0, batch % 3 == 0 ? 4 : 1).Select(row => Row(
                        (10 * batch) + row, row == 0 ? "a" : Long, partition: number + 1)),
                ];
                await silo.Scene.WriteAsync(new JournalEntry
                {
                    TransactionId = Guid.NewGuid(),
                    Writes = rows,
                    Epochs = [new PartitionEpoch("t", number + 1, epochs[number])],
                });
                if (batch % 10 == 0) await silo.Storage.CheckpointAsync(Token);
            }
        })));

        LogSilo reader = await scene.OpenAsync();
        foreach (LogSilo silo in all.Append(reader))
        {
            for (int number = 1; number <= silos; number++)
            {
                Assert.Equal(
                    batches + (3 * batches / 3),
                    (await silo.Scene.RowsAsync(partition: number)).Length);
            }
        }
    }

    [Fact]
    public async Task A_silo_that_stood_still_while_the_log_was_cleared_goes_on_behind_it()
    {
        await using var scene = new LogScene();
        LogSilo still = await scene.OpenAsync();
        long epoch = await still.Storage.RaiseEpochAsync("t", 7, Token);
        LogSilo other = await scene.OpenAsync();
        for (int key = 1; key <= 5; key++)
            await other.Scene.WriteAsync(Row(key, "of the other"));
        await other.Storage.CheckpointAsync(Token);
        scene.PassClearDelay();
        await other.Storage.ClearAsync(Token);
        Assert.DoesNotContain("log-5", scene.Provider.Keys);

        // The place that it takes for the next one is free again.
        await still.Scene.WriteAsync(new JournalEntry
        {
            TransactionId = Guid.NewGuid(),
            Writes = [Row(1, "of the one that stood still", partition: 7)],
            Epochs = [new PartitionEpoch("t", 7, epoch)],
        });
        await Assert.ThrowsAsync<FencedException>(() => still.Scene.WriteAsync(Row(1, "old")));

        string[] expected = ["1=of the one that stood still"];
        Assert.Equal(expected, await still.Scene.RowsAsync(partition: 7));
        Assert.Equal(expected, await other.Scene.RowsAsync(partition: 7));
        LogSilo reader = await scene.OpenAsync();
        Assert.Equal(expected, await reader.Scene.RowsAsync(partition: 7));
        Assert.Equal(5, (await reader.Scene.RowsAsync()).Length);
    }

    [Fact]
    public async Task Of_two_checkpoints_at_once_the_one_that_began_last_counts()
    {
        await using var scene = new LogScene();
        LogSilo slow = await scene.OpenAsync();
        await slow.Scene.WriteAsync(Row(1, "a"));
        LogSilo other = await scene.OpenAsync();
        long epoch = await slow.Storage.RaiseEpochAsync("t", 7, Token);
        (Task reached, Action goOn) = slow.Process.HoldRuns();
        Task<bool> checkpoint = slow.Storage.CheckpointAsync(Token);
        await reached;

        // The other silo goes on, ends one and clears the log, and the slow one gets to know it.
        await other.Scene.WriteAsync(Row(2, "b"));
        Assert.True(await other.Storage.CheckpointAsync(Token));
        scene.PassClearDelay();
        await other.Storage.ClearAsync(Token);
        await slow.Scene.WriteAsync(new JournalEntry
        {
            TransactionId = Guid.NewGuid(),
            Writes = [Row(3, "c", partition: 7)],
            Epochs = [new PartitionEpoch("t", 7, epoch)],
        });
        string[] runs = [.. scene.Provider.Keys.Where(IsPiece).Order()];
        goOn();

        Assert.False(await checkpoint);
        Assert.NotEqual(runs, scene.Provider.Keys.Where(IsPiece).Order());
        scene.PassClearDelay();
        await slow.Storage.ClearAsync(Token);
        Assert.Equal(runs, scene.Provider.Keys.Where(IsPiece).Order());
        foreach (LogSilo silo in (LogSilo[])[slow, other, await scene.OpenAsync()])
        {
            Assert.Equal(["1=a", "2=b"], await silo.Scene.RowsAsync());
            Assert.Equal(["3=c"], await silo.Scene.RowsAsync(partition: 7));
        }
    }

    [Fact]
    public async Task A_silo_makes_its_checkpoints_one_after_the_other()
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        await silo.Scene.WriteAsync(Row(1, "a"));
        (Task reached, Action goOn) = silo.Process.HoldRuns();
        Task<bool> first = silo.Storage.CheckpointAsync(Token);
        await reached;
        Task<bool> second = silo.Storage.CheckpointAsync(Token);
        await silo.Scene.WriteAsync(Row(2, "b"));
        Assert.False(second.IsCompleted);
        goOn();

        Assert.True(await first);
        Assert.True(await second);
        Assert.Equal(["1=a", "2=b"], await (await scene.OpenAsync()).Scene.RowsAsync());
    }

    [Fact]
    public async Task A_checkpoint_that_fails_keeps_the_rows_before_it_and_beside_it()
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        await silo.Scene.WriteAsync(Row(1, "before"));
        silo.Process.OnWrite = async (key, write) =>
        {
            if (IsPiece(key))
            {
                silo.Process.OnWrite = null;
                await silo.Scene.WriteAsync(Row(2, "beside"));
                throw FaultyGrainStorage.Gone();
            }

            await write();
        };
        await Assert.ThrowsAsync<StorageException>(() => silo.Storage.CheckpointAsync(Token));

        string[] rows = ["1=before", "2=beside"];
        Assert.Equal(rows, await silo.Scene.RowsAsync());
        Assert.True(await silo.Storage.CheckpointAsync(Token));
        LogSilo reader = await scene.OpenAsync();
        Assert.Equal(rows, await reader.Scene.RowsAsync());
    }

    [Fact]
    public async Task A_write_that_comes_after_it_was_settled_is_void()
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        Func<Task>? late = null;
        silo.Process.OnWrite = (key, write) =>
        {
            if (late is not null) return write();
            late = write;
            throw FaultyGrainStorage.Gone();
        };

        JournalBatch batch = silo.Scene.Batch(silo.Scene.Entry(Row(1, "late")));
        await Assert.ThrowsAsync<StorageException>(
            async () => await silo.Storage.WriteAsync(batch, Token));
        await Assert.ThrowsAnyAsync<Exception>(() => late!());
        Assert.False(await silo.Storage.SettleAsync(batch, Token));
        await silo.Scene.WriteAsync(Row(2, "next"));

        LogSilo reader = await scene.OpenAsync();
        Assert.Equal(["2=next"], await reader.Scene.RowsAsync());
    }

    [Fact]
    public async Task A_root_that_cannot_be_read_after_the_append_leaves_the_batch_in_doubt()
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        scene.PassClearDelay();
        silo.Process.OnWrite = async (_, write) =>
        {
            await write();
            silo.Process.ReadFault = FaultyGrainStorage.Gone;
        };
        JournalBatch batch = silo.Scene.Batch(silo.Scene.Entry(Row(1, "a")));
        await Assert.ThrowsAsync<BatchInDoubtException>(
            async () => await silo.Storage.WriteAsync(batch, Token));

        silo.Process.OnWrite = null;
        silo.Process.ReadFault = null;
        Assert.True(await silo.Storage.SettleAsync(batch, Token));
        Assert.Equal(["1=a"], await silo.Scene.RowsAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task A_provider_that_repeats_a_call_by_itself_is_not_taken_for_another_silo(
        int rows)
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        silo.Process.OnWrite = static async (_, write) =>
        {
            await write();
            throw new Orleans.Storage.InconsistentStateException("It is there already.");
        };
        var id = Guid.NewGuid();
        await silo.Scene.WriteAsync(
            Deciding(id, [.. Enumerable.Range(1, rows).Select(static key => Row(key, Long))]));

        silo.Process.OnWrite = null;
        Assert.Equal(TransactionOutcome.Committed, await silo.Storage.DecideAsync(id, Token));
        LogSilo reader = await scene.OpenAsync();
        Assert.Equal(rows, (await reader.Scene.RowsAsync()).Length);
    }

    [Fact]
    public async Task Half_of_a_group_counts_for_nothing_and_the_next_silo_goes_on_behind_it()
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        int writes = 0;
        silo.Process.OnWrite = async (_, write) =>
        {
            if (++writes == 3) silo.Process.Die();
            if (writes == 3) throw FaultyGrainStorage.Gone();
            await write();
        };
        RowWrite[] rows = [.. Enumerable.Range(1, 9).Select(static key => Row(key, Long))];
        await Assert.ThrowsAsync<BatchInDoubtException>(() => silo.Scene.WriteAsync(rows));

        LogSilo next = await scene.OpenAsync();
        Assert.Empty(await next.Scene.RowsAsync());
        await next.Scene.WriteAsync(rows);
        LogSilo reader = await scene.OpenAsync();
        Assert.Equal(9, (await reader.Scene.RowsAsync()).Length);
    }

    [Theory]
    [InlineData("log-7")]
    [InlineData("run-1-1")]
    [InlineData("run-2-0")]
    [InlineData("root")]
    public async Task A_state_that_is_missing_is_named(string key)
    {
        await using LogScene scene = await MakeAsync();
        scene.Provider.Lose(key);
        await IsNamedAsync(scene, key, "missing");
    }

    [Theory]
    [InlineData("log-7")]
    [InlineData("run-1-1")]
    [InlineData("run-2-0")]
    [InlineData("root")]
    public async Task A_state_that_is_damaged_is_named(string key)
    {
        await using LogScene scene = await MakeAsync();
        scene.Provider.Change<Memento.LogStorage.StoredState>(
            key, static state => state.Content = state.Content[..^1]);
        await IsNamedAsync(scene, key, "damaged");
    }

    [Fact]
    public async Task A_state_in_the_place_of_another_is_named()
    {
        await using LogScene scene = await MakeAsync();
        byte[] other = [];
        scene.Provider.Change<Memento.LogStorage.StoredState>(
            "log-6", state => other = state.Content);
        scene.Provider.Change<Memento.LogStorage.StoredState>(
            "log-7", state => state.Content = other);
        await IsNamedAsync(scene, "log-7", "damaged");
    }

    private static bool IsPiece(string key) => key.StartsWith("run-", StringComparison.Ordinal);

    /// <summary>
    /// A checkpoint of a run and its image, and three states of the log behind it.
    /// </summary>
    private static async Task<LogScene> MakeAsync()
    {
        var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        await silo.Scene.WriteAsync(Row(1, Long), Row(2, Long), Row(3, Long));
        await silo.Storage.CheckpointAsync(Token);
        for (int key = 4; key <= 6; key++)
            await silo.Scene.WriteAsync(Row(key, "later"));
        return scene;
    }

    private static async Task IsNamedAsync(LogScene scene, string key, string what)
    {
        LogSilo silo = scene.New();
        StorageException error = await Assert.ThrowsAsync<StorageException>(async () =>
        {
            await silo.Storage.OpenAsync(Token);
            await silo.Scene.RowsAsync();
        });
        Assert.Contains($"'{key}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }
}
