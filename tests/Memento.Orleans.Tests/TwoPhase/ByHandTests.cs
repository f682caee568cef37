using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.TwoPhase;

/// <summary>What an operator sees of transactions that wait for grains, and decides.</summary>
public sealed class ByHandTests
{
    private const string Ada = nameof(Ada);

    [Theory]
    [InlineData(TransactionDecision.Commit, 2)]
    [InlineData(TransactionDecision.Abort, 1)]
    public async Task What_waits_for_its_manager_is_listed_and_decided(
        TransactionDecision decision, long expected)
    {
        await using var place = new MemoryUnderTest();
        await using VaultCluster cluster = await VaultCluster.StartAsync(2, place);
        VaultClient client = await cluster.ConnectAsync();
        await client.RunAsync(vault => vault.AddAsync("a", 1));
        await cluster.UntilIdleAsync();
        cluster.Calls.Fail("Confirm");
        await client.RunAsync(vault => vault.AddAsync("a", 1));
        IReadOnlyList<UndecidedTransaction> waiting = await UntilListedAsync(
            cluster.Memento, UndecidedState.Prepared);

        Assert.Equal(
            ["Bill", "Coin"],
            waiting.SelectMany(static each => each.Partitions)
                .Select(static each => each.Split('/')[0]).Distinct().Order());
        Assert.All(
            waiting,
            static each => Assert.Contains("vault", Assert.Single(each.WaitsFor)));
        Guid id = Assert.Single(waiting.Select(static each => each.Id).Distinct());
        await Assert.ThrowsAsync<NoTransactionException>(
            () => cluster.Memento.DecideAsync(id, TransactionDecision.Forget).Within());
        await Assert.ThrowsAsync<NoTransactionException>(
            () => cluster.Memento.DecideAsync(Guid.NewGuid(), decision).Within());
        await cluster.Memento.DecideAsync(id, decision).Within();

        Assert.Equal((expected, expected), await cluster.ReadAsync("a"));
        Assert.Empty((await cluster.Memento.InfoAsync().Within()).Undecided);
        cluster.Calls.Mend("Confirm");
        await cluster.UntilIdleAsync();
        Assert.Equal((expected, expected), await cluster.ReadAsync("a"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_grain_never_answers_to_is_listed_and_forgotten(bool isAdopted)
    {
        await using var place = new MemoryUnderTest();
        await using MixedScene scene = await MixedScene.StartAsync(isAdopted ? 2 : 1, place);
        IMemento memento = scene.Cluster.Silos[0].Memento;
        IGrainFactory grains = scene.Cluster.Silos[0].Services
            .GetRequiredService<IGrainFactory>();
        scene.HoldConfirms();
        await memento.TransactionAsync(async tx =>
        {
            await grains.GetGrain<IWallet>(Ada).AddAsync(-5);
            await Money.AddAsync(tx, 1, 5, isOnDisk: true);
        }).Within();
        if (isAdopted)
        {
            await scene.Cluster.KillAsync(scene.Cluster.Silos[0]);
            memento = scene.Cluster.Silos[0].Memento;
        }

        UndecidedTransaction waiting = Assert.Single(
            await UntilListedAsync(memento, UndecidedState.Telling));
        Assert.Contains(Ada, Assert.Single(waiting.WaitsFor));
        await Assert.ThrowsAsync<NoTransactionException>(
            () => memento.DecideAsync(waiting.Id, TransactionDecision.Abort).Within());
        await memento.DecideAsync(waiting.Id, TransactionDecision.Forget).Within();
        await Waiting.UntilAsync(
            async () => (await memento.InfoAsync().Within()).Undecided.Count == 0,
            "nothing is told any more");
        Assert.Equal(
            5, await memento.TransactionAsync(tx => Money.ReadAsync(tx, 1, isOnDisk: true)).Within());
        scene.ReleaseConfirms();
    }

    private static async Task<IReadOnlyList<UndecidedTransaction>> UntilListedAsync(
        IMemento memento, UndecidedState state)
    {
        IReadOnlyList<UndecidedTransaction> found = [];
        await Waiting.UntilAsync(
            async () =>
            {
                found = (await memento.InfoAsync().Within()).Undecided;
                return found.Count > 0 && found.All(each => each.State == state);
            },
            $"a transaction is listed as {state}");
        return found;
    }
}
