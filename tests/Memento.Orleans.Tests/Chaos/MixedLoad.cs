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
    private const int ListWorkers = 2;

    /// <summary>
    /// A wallet waits for the verdict about its silo and the one that decides, and for its locks.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Wallets _wallets;
    private readonly ListWorkload _lists;
    private readonly IMemento _client;

    public MixedLoad(
        ChaosPlan plan, IReadOnlyList<TestClient> clients, IServiceProvider withoutStore)
    {
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
        return Polling.UntilAsync(
            () => Task.FromResult(goesOn()),
            Patience,
            () => $"every way to move money goes on after the last fault: {_wallets}");
    }

    public async Task<IReadOnlyList<string>> CheckAsync()
    {
        IReadOnlyList<string> wrong = await _wallets.CheckAsync(Patience);
        int before = _lists.Committed;
        await Polling.UntilAsync(
            async () =>
            {
                await _lists.ReadAllAsync(_client);
                return _lists.Committed > before;
            },
            Patience,
            static () => "all lists of both kinds are read");
        return
        [
            .. wrong,
            .. HistoryChecker.Check(_lists.History) is { } lists ? [lists] : (string[])[],
        ];
    }

    public override string ToString()
        => $"{_wallets}; {_lists.Committed} list transactions over both kinds";
}
