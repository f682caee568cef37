using Memento.Commit.Prepared;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Transactions that are prepared in the storage when their silo ends, and are decided afterwards.
/// </summary>
public sealed class RestoredTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task What_is_prepared_is_there_after_a_restart_and_ends_as_its_manager_says(
        bool isCommitted, bool isKilled)
    {
        await using MixedScene scene = await MixedScene.StartAsync(
            1, isKilled ? new MemoryUnderTest() : new SqliteUnderTest());
        VaultClient client = await scene.ConnectAsync();
        await client.RunAsync(vault => vault.AddBillAsync("a", 1));
        await scene.UntilIdleAsync();

        // The votes are lost where it is not to be committed: its manager waits for them in vain.
        string lost = isCommitted ? "Confirm" : "Prepared";
        scene.Calls.Fail(lost);
        scene.Calls.Fail("Cancel");
        Task adding = client.RunAsync(vault => vault.AddBillAsync("a", 1));
        await Waiting.UntilAsync(
            () => scene.Calls.CountFailed(lost) > 0, "the partition is prepared");
        if (isCommitted)
            await adding;
        else
            adding.Ignore();

        await scene.ReplaceSiloAsync(isKilled);
        Task<(long, long)> reading = scene.ReadAsync("a");
        await Waiting.UntilAsync(
            () => scene.Cluster.Partitions.Any(static each => !each.IsIdle()),
            "the restored transaction holds its locks");
        await Waiting.UntilAsync(
            () => scene.Prepared.Any(static each => each.Count > 0), "it waits for its decision");
        Assert.False(reading.IsCompleted);
        scene.Calls.Mend(lost);
        scene.Calls.Mend("Cancel");

        long expected = isCommitted ? 2 : 1;
        Assert.Equal((0, expected), await reading);
        await scene.UntilIdleAsync();
        Assert.Equal(
            [$"a {expected}"],
            (await scene.Memento.TransactionAsync(async tx =>
                await tx.SelectAsync<Bill>(each => each.Value == expected)).Within())
                .Select(static each => each.Serial));

        // The query has opened all partitions; what is prepared in them is decided later.
        await scene.UntilIdleAsync();
        VaultClient again = await scene.ConnectAsync();
        await again.RunAsync(vault => vault.AddBillAsync("a", 1));
        await scene.UntilIdleAsync();
        Assert.Equal(expected + 1, await again.AskAsync(vault => vault.BalanceAsync()));
        Assert.Equal((0, expected + 1), await scene.ReadAsync("a"));
    }

    [Fact]
    public async Task A_partition_on_disk_moves_with_what_is_prepared_in_it()
    {
        await using MixedScene scene = await MixedScene.StartAsync(2, new MemoryUnderTest());
        VaultClient client = await scene.ConnectAsync();
        await client.RunAsync(vault => vault.AddBillAsync("a", 1));
        await scene.UntilIdleAsync();
        scene.Calls.Fail("Confirm");
        await client.RunAsync(vault => vault.AddBillAsync("a", 1));
        TestSilo owner = await scene.Cluster.SiloOfAsync<Bill>("a");
        TestSilo other = scene.Cluster.Silos.First(each => each != owner);
        await scene.Cluster.MoveAsync<Bill>("a", other);
        await Waiting.UntilAsync(
            () => other.Services.GetRequiredService<PreparedTransactions>().Count == 1,
            "the next owner has it");
        scene.Calls.Mend("Confirm");

        Assert.Equal((0, 2), await scene.ReadAsync("a"));
        await scene.UntilIdleAsync();
    }

    /// <summary>
    /// A decision is a message to the grain of the partition, and a grain that ends takes none.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_partition_in_ram_moves_when_what_is_prepared_in_it_is_decided(bool stops)
    {
        await using MixedScene scene = await MixedScene.StartAsync(2, new MemoryUnderTest());
        VaultClient client = await scene.ConnectAsync();
        await client.RunAsync(vault => vault.AddCoinAsync("a", 1));
        await scene.UntilIdleAsync();
        scene.Calls.Fail("Confirm");
        await client.RunAsync(vault => vault.AddCoinAsync("a", 1));
        TestSilo owner = await scene.Cluster.SiloOfAsync<Coin>("a");
        TestSilo other = scene.Cluster.Silos.First(each => each != owner);
        int failed = scene.Calls.CountFailed("Confirm");
        Task moving = stops
            ? scene.Cluster.StopAsync(owner)
            : scene.Cluster.MoveAsync<Coin>("a", other);
        await Waiting.UntilAsync(
            () => scene.Calls.CountFailed("Confirm") > failed + 1,
            "the decision comes while it moves");
        Assert.False(moving.IsCompleted);
        scene.Calls.Mend("Confirm");

        await moving.Within("it has moved");
        Assert.Equal((2, 0), await scene.ReadAsync("a"));
        await scene.UntilIdleAsync();
    }

    /// <summary>As long as it lives, no other silo does.</summary>
    [Fact]
    public async Task A_silo_that_stops_goes_on_to_tell_what_it_has_decided()
    {
        await using MixedScene scene = await MixedScene.StartAsync(2, new MemoryUnderTest());
        VaultClient client = await scene.ConnectAsync();
        TestSilo stopping = scene.Cluster.Silos[0];
        string coin = (await scene.Cluster.KeysInAsync<Coin, string>(
            stopping, 1, static i => $"{i}"))[0];
        string bill = (await scene.Cluster.KeysInAsync<Bill, string>(
            stopping, 1, static i => $"bill {i}"))[0];
        scene.Calls.Fail("Confirm");
        await stopping.Memento.TransactionAsync(async _ =>
            await stopping.Services.GetRequiredService<IGrainFactory>()
                .GetGrain<IVaultGrain>("other").AddBillAsync(bill, 1)).Within("a bill is added");

        // What is prepared in ram holds the stop up.
        await client.RunAsync(vault => vault.AddCoinAsync(coin, 1));
        Task stop = scene.Cluster.StopAsync(stopping);
        await Waiting.UntilAsync(
            () => stopping.Services.GetRequiredService<PreparedTransactions>().IsLeaving,
            "the silo stops");
        int failed = scene.Calls.CountFailed("vault.Confirm");
        await Waiting.UntilAsync(
            () => scene.Calls.CountFailed("vault.Confirm") > failed + 1, "the vault is told");
        Assert.False(stop.IsCompleted);
        scene.Calls.Mend("Confirm");

        await stop.Within("it has stopped");
        VaultClient again = await scene.ConnectAsync();
        Assert.Equal(1, await again.AskAsync(vault => vault.BalanceAsync(), "other"));
        Assert.Equal((1, 0), await scene.ReadAsync(coin));
        Assert.Equal((0, 1), await scene.ReadAsync(bill));
        await scene.UntilIdleAsync();
    }

    [Fact]
    public async Task A_commit_that_comes_late_to_its_manager_is_whole()
    {
        await using MixedScene scene = await MixedScene.StartAsync(
            1, new MemoryUnderTest(), asksAfter: TimeSpan.FromMinutes(1));
        VaultClient client = await scene.ConnectAsync();
        await client.RunAsync(vault => vault.AddBillAsync("a", 1));
        await scene.UntilIdleAsync();

        // Longer than a partition once waited before it asked, and shorter than messages live.
        scene.Calls.Delay("PrepareAndCommit", Task.Delay(TimeSpan.FromSeconds(7)));
        await client.RunAsync(vault => vault.AddBillAsync("a", 1));

        Assert.Equal(2, await client.AskAsync(vault => vault.BalanceAsync()));
        Assert.Equal((0, 2), await scene.ReadAsync("a"));
        await scene.UntilIdleAsync();
    }

    [Fact]
    public async Task What_cannot_be_stored_when_it_is_confirmed_stays_prepared_until_it_can()
    {
        await using MixedScene scene = await MixedScene.StartAsync(1, new MemoryUnderTest());
        VaultClient client = await scene.ConnectAsync();
        await client.RunAsync(vault => vault.AddBillAsync("a", 1));
        await scene.UntilIdleAsync();
        scene.Calls.Fail("Confirm");
        await client.RunAsync(vault => vault.AddBillAsync("a", 1));
        await Waiting.UntilAsync(
            () => scene.Calls.CountFailed("Confirm") > 0, "the decision is lost");
        using (scene.Cluster.Storage.Fail())
        {
            scene.Calls.Mend("Confirm");
            await Waiting.UntilAsync(
                () => scene.Calls.CountPassed("Confirm") > 3,
                "the decision has come and was refused");
            Assert.Contains(scene.Prepared, static each => each.Count == 1);
        }

        Assert.Equal((0, 2), await scene.ReadAsync("a"));
        await scene.UntilIdleAsync();
    }

    [Fact]
    public async Task What_cannot_be_prepared_is_aborted_everywhere()
    {
        await using MixedScene scene = await MixedScene.StartAsync(1, new MemoryUnderTest());
        VaultClient client = await scene.ConnectAsync();
        await client.RunAsync(vault => vault.AddBillAsync("a", 1));
        await scene.UntilIdleAsync();
        using (scene.Cluster.Storage.Fail())
        {
            await Assert.ThrowsAnyAsync<Exception>(
                () => client.RunAsync(vault => vault.AddBillAsync("a", 1)));
        }

        await scene.UntilIdleAsync();

        Assert.Equal((0, 1), await scene.ReadAsync("a"));
        Assert.Equal(1, await client.AskAsync(vault => vault.BalanceAsync()));
    }
}
