using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
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
        await using MixedScene scene = await MixedScene.StartAsync(2, new MemoryUnderTest());
        VaultClient client = await scene.ConnectAsync();
        await client.RunAsync(vault => vault.AddAsync("a", 1));
        await scene.UntilIdleAsync();
        scene.Calls.Fail("Confirm");
        await client.RunAsync(vault => vault.AddAsync("a", 1));
        IReadOnlyList<UndecidedTransaction> waiting = await UntilListedAsync(
            scene.Memento, UndecidedState.Prepared);

        Assert.Equal(
            ["Bill", "Coin"],
            waiting.SelectMany(static each => each.Partitions)
                .Select(static each => each.Split('/')[0]).Distinct().Order());
        Assert.All(
            waiting,
            static each => Assert.Contains("vault", Assert.Single(each.WaitsFor)));
        Guid id = Assert.Single(waiting.Select(static each => each.Id).Distinct());
        await Assert.ThrowsAsync<NoTransactionException>(
            () => scene.Memento.DecideAsync(id, TransactionDecision.Forget).Within());
        await Assert.ThrowsAsync<NoTransactionException>(
            () => scene.Memento.DecideAsync(Guid.NewGuid(), decision).Within());
        await scene.Memento.DecideAsync(id, decision).Within();

        Assert.Equal((expected, expected), await scene.ReadAsync("a"));
        Assert.Empty((await scene.Memento.InfoAsync().Within()).Undecided);
        scene.Calls.Mend("Confirm");
        await scene.UntilIdleAsync();
        Assert.Equal((expected, expected), await scene.ReadAsync("a"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_grain_never_answers_to_is_listed_and_forgotten(bool isAdopted)
    {
        await using MixedScene scene = await MixedScene.StartAsync(
            isAdopted ? 2 : 1, new MemoryUnderTest());
        IMemento memento = scene.Cluster.Silos[0].Memento;
        IGrainFactory grains = scene.Cluster.Silos[0].Services
            .GetRequiredService<IGrainFactory>();
        HeldCalls held = scene.Calls.Hold("Confirm");
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
            5,
            await memento.TransactionAsync(tx => Money.ReadAsync(tx, 1, isOnDisk: true)).Within());
        held.Release();
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
