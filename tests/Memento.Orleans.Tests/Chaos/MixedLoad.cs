using Memento.Tests.Consistency;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Chaos;

/// <summary>
/// Transfers between wallets, which are transactional grains of Orleans, and tills in tables, and
/// lists of both kinds: from two clients, from silos, and from a client that has Orleans alone.
/// </summary>
internal sealed class MixedLoad : IChaosLoad
{
    private const int Workers = 6;
    private const int ListWorkers = 8;

    /// <summary>
    /// A wallet waits for the verdict about its silo and the one that decides, and for its locks.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ChaosPlan _plan;
    private readonly ClusterProcesses _cluster;
    private readonly Wallets _wallets;
    private readonly ListWorkload _lists;
    private readonly IMemento _client;
    private int _heals;

    public MixedLoad(
        ChaosPlan plan,
        ClusterProcesses cluster,
        IReadOnlyList<TestClient> clients,
        IServiceProvider withoutStore)
    {
        _plan = plan;
        _cluster = cluster;
        _client = clients[0].Memento;
        _wallets = new Wallets(
            plan, [.. clients.Select(static each => each.Services)], withoutStore);
        _lists = new ListWorkload(
            new MixedLists(clients[0].Services.GetRequiredService<IGrainFactory>()), plan.Seed);
    }

    public int Committed => _wallets.Committed;

    public Task FillAsync() => _wallets.FillAsync();

    public IEnumerable<Task> Start(CancellationToken ending) =>
    [
        .. Enumerable.Range(0, Workers).Select(worker =>
            Task.Run(() => _wallets.WorkAsync(worker, ending), CancellationToken.None)),
        .. Enumerable.Range(0, ListWorkers).Select(worker =>
            Task.Run(() => _lists.WorkAsync(_client, worker, ending), CancellationToken.None)),
    ];

    public Task UntilItGoesOnAsync()
    {
        Func<bool> goesOn = _wallets.Mark();
        return UntilAsync(
            () => Task.FromResult(goesOn()),
            "every way to move money goes on after the last fault");
    }

    public async Task<IReadOnlyList<string>> CheckAsync()
    {
        await UntilAsync(_wallets.TryReadAllAsync, "all wallets and tills are read");
        int before = _lists.Committed;
        await UntilAsync(
            async () =>
            {
                await _lists.ReadAllAsync(_client);
                return _lists.Committed > before;
            },
            "all lists of both kinds are read");
        return
        [
            .. _wallets.Check(),
            .. HistoryChecker.Check(_lists.History) is { } wrong
                ? [$"lists of both kinds: {wrong}"]
                : (string[])[],
        ];
    }

    public override string ToString()
        => $"{_wallets}; {_lists.Committed} list transactions over both kinds; {_heals} times all "
            + "silos replaced to free a grain";

    /// <summary>
    /// Waits until a condition holds, and replaces the silos once if it does not.
    /// </summary>
    /// <remarks>
    /// Orleans 10.4.2 deactivates a transactional grain after errors of its storage, and waits then
    /// for the calls that run in it, without taking others. Where such a call waits for an earlier
    /// transaction, and that one for a decision, which is a call, the grain stands until its silo
    /// ends.
    /// </remarks>
    private async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        try
        {
            await Polling.UntilAsync(condition, Patience, () => what);
        }
        catch (TimeoutException)
        {
            _heals++;
            await _cluster.ReplaceAllAsync(kills: !_plan.KeepsRam);
            await Polling.UntilAsync(condition, 2 * Patience, () => $"{what}: {this}");
        }
    }
}
