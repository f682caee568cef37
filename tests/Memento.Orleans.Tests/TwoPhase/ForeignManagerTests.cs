using Memento.Tests.Compliance;
using Memento.Tests.Conformance;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Tables in transactions whose manager is a transactional grain, because Orleans' own agent ends
/// them.
/// </summary>
public sealed class ForeignManagerTests : IAsyncLifetime
{
    private MixedScene _scene = null!;
    private VaultClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _scene = await MixedScene.StartAsync(2, new MemoryUnderTest());
        _client = await _scene.ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task What_a_grain_and_tables_are_changed_by_is_there_as_a_whole()
    {
        await _client.RunAsync(vault => vault.AddCoinAsync("a", 1));
        for (int i = 0; i < 20; i++)
            await _client.RunAsync(vault => vault.AddAsync($"{i}", 2));
        await _scene.UntilIdleAsync();

        Assert.Equal(41, await _client.AskAsync(vault => vault.BalanceAsync()));
        Assert.Equal((1, 0), await _scene.ReadAsync("a"));
        for (int i = 0; i < 20; i++)
            Assert.Equal((2, 2), await _scene.ReadAsync($"{i}"));
        Assert.Equal((41, 2, 2), await _client.AskAsync(vault => vault.ReadAsync("3")));
        await _scene.UntilIdleAsync();
    }

    [Fact]
    public async Task What_fails_leaves_nothing_and_no_lock()
    {
        await _client.RunAsync(vault => vault.AddAsync("a", 1));
        await Assert.ThrowsAnyAsync<Exception>(
            () => _client.RunAsync(vault => vault.FailAsync("a", 5)));
        await _scene.UntilIdleAsync();

        Assert.Equal((1, 1, 1), await _client.AskAsync(vault => vault.ReadAsync("a")));
    }

    [Fact]
    public async Task What_only_reads_tables_is_a_part_of_the_transaction()
    {
        await _client.RunAsync(vault => vault.AddAsync("a", 3));
        await _client.RunAsync(vault => vault.CopyAsync("a"), "other");
        await _scene.UntilIdleAsync();

        Assert.Equal(3, await _client.AskAsync(vault => vault.BalanceAsync(), "other"));
    }

    [Fact]
    public async Task Many_at_once_lose_nothing()
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 40),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (i, _) =>
            {
                while (true)
                {
                    try
                    {
                        await _client.RunAsync(
                            vault => vault.AddAsync($"{i % 3}", 1), $"{i % 4}");
                        return;
                    }
                    catch (Orleans.Transactions.OrleansTransactionAbortedException)
                    {
                        // It lost a conflict: a client of Orleans alone tries again itself.
                    }
                }
            });
        await _scene.UntilIdleAsync();

        long coins = 0;
        long bills = 0;
        for (int i = 0; i < 3; i++)
        {
            (long coin, long bill) = await _scene.ReadAsync($"{i}");
            (coins, bills) = (coins + coin, bills + bill);
        }

        long states = 0;
        for (int i = 0; i < 4; i++)
            states += await _client.AskAsync(vault => vault.BalanceAsync(), $"{i}");
        Assert.Equal((40, 40, 40), (states, coins, bills));
    }

    [Fact]
    public async Task What_is_prepared_is_not_seen_and_waits_for_its_decision()
    {
        await _client.RunAsync(vault => vault.AddAsync("a", 1));
        await _scene.UntilIdleAsync();
        _scene.Calls.Fail("Confirm");
        await _client.RunAsync(vault => vault.AddAsync("a", 1));
        await Waiting.UntilAsync(
            () => _scene.Calls.CountFailed("Confirm") > 4, "the decision is lost a few times");
        Task<(long, long)> reading = _scene.ReadAsync("a");
        Assert.InRange(_scene.Prepared.Sum(static each => each.Count), 1, 2);
        Assert.NotEqual(reading, await Task.WhenAny(reading, Task.Delay(500)));
        _scene.Calls.Mend("Confirm");

        Assert.Equal((2, 2), await reading);
        await _scene.UntilIdleAsync();
    }
}
