using System.Collections.Concurrent;
using Memento.Diagnostics;
using Memento.Messages;
using Memento.Participants;
using Memento.Tables;

namespace Memento.Silos;

/// <summary>Finds partitions from a client: always by message.</summary>
internal sealed class ClientPartitions(
    IGrainFactory grains,
    PartitionGrains partitions,
    HybridClock clock,
    StoreLifetime lifetime,
    StoreMetrics metrics)
    : IPartitions
{
    /// <summary>The highest number of each table that this client has written.</summary>
    private readonly ConcurrentDictionary<string, long> _used = new();

    public bool ShareMemory => false;

    public SiloAddress? Here => null;

    public int Generation => 0;

    public HybridClock Clock => clock;

    public bool Stands(int generation, long position) => true;

    public ValueTask<Participant> EnlistAsync(
        TransactionState state,
        TableDefinition table,
        int number,
        CancellationToken cancellationToken)
        => new(state.Enlist(table, number, () => new RemoteParticipant(
            state,
            table,
            number,
            partitions.Of(table, number),
            metrics)));

    public async ValueTask<long> NextNumberAsync(
        TableDefinition table, CancellationToken cancellationToken)
        => await lifetime.AskForAttemptAsync(
            () => grains.GetGrain<INumberGrain>(table.Name)
                .NextAsync(_used.GetValueOrDefault(table.Name)),
            cancellationToken);

    public void ShowNumbers(IReadOnlyList<HighNumber> used)
    {
        foreach (HighNumber each in used)
        {
            _used.AddOrUpdate(
                each.Table, each.Number, (_, known) => Math.Max(known, each.Number));
        }
    }
}
