using Memento.Tests.Conformance;
using Memento.Tests.Consistency;

namespace Memento.Tests.Chaos;

/// <summary>A bank, a ring and lists in tables, with snapshots of each, from two clients.</summary>
internal sealed class TableLoad(ChaosPlan plan, IReadOnlyList<IMemento> clients) : IChaosLoad
{
    private const int Workers = 3;

    private readonly Bank _bank = new(plan.Seed);
    private readonly Ring _ring = new(plan.Seed);
    private readonly ListWorkload _lists = new(new ClusterLists(plan.KeepsRam), plan.Seed);

    public int Committed => _bank.Committed + _ring.Committed;

    public async Task FillAsync()
    {
        await Bank.FillAsync(clients[0]);
        await Ring.FillAsync(clients[0]);
    }

    public IEnumerable<Task> Start(CancellationToken ending)
    {
        List<Task> work = [];
        for (int worker = 0; worker < Workers; worker++)
        {
            IMemento client = clients[worker % clients.Count];
            int number = worker;
            work.Add(Task.Run(
                () => _bank.WorkAsync(client, number, ending), CancellationToken.None));
            work.Add(Task.Run(
                () => _ring.WorkAsync(client, number, ending), CancellationToken.None));
            work.Add(Task.Run(
                () => _lists.WorkAsync(client, number, ending), CancellationToken.None));
        }

        return work;
    }

    public Task UntilItGoesOnAsync()
    {
        int before = _bank.Committed;
        int snapshots = _bank.Snapshots.Whole;
        return Waiting.UntilAsync(
            () => _bank.Committed > before + 10 && _bank.Snapshots.Whole > snapshots,
            "transfers and snapshots go on after the last fault");
    }

    public async Task<IReadOnlyList<string>> CheckAsync()
    {
        await _lists.ReadAllAsync(clients[1]);
        return
        [
            .. await _bank.CheckAsync(clients[1]),
            .. await _ring.CheckAsync(clients[0]),
            .. HistoryChecker.Check(_lists.History) is { } wrong
                ? [$"lists in tables: {wrong}"]
                : (string[])[],
        ];
    }

    public override string ToString()
    {
        int appends = _lists.History.Count(static each => each.Outcome == ListOutcome.Committed);
        return $"{_bank.Committed} transfers ({_bank.InDoubt} in doubt), {_ring.Committed} swaps, "
            + $"{appends} list transactions; of the bank {_bank.Snapshots}; of the ring "
            + $"{_ring.Snapshots}; of the lists {_lists.Snapshots}";
    }
}
