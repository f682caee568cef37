using Memento.Diagnostics;
using Memento.Journaling;
using Memento.Messages;
using Memento.Numbering;
using Memento.Participants;
using Memento.Partitions;
using Memento.Silos.HandOver;
using Memento.Tables;

namespace Memento.Silos;

/// <summary>
/// Finds partitions from a silo: directly if they are in this silo, otherwise by message.
/// </summary>
internal sealed class SiloPartitions(
    PartitionDirectory directory,
    PartitionOwners owners,
    Numbers numbers,
    Journal journal,
    HybridClock clock,
    StoreLifetime lifetime,
    PartitionGrains grains,
    EndedReads ended,
    ILocalSiloDetails silo,
    StoreMetrics metrics,
    TimeProvider time) : IPartitions
{
    public bool ShareMemory => true;

    public SiloAddress Here => silo.SiloAddress;

    public int Generation => journal.Generation;

    public HybridClock Clock => clock;

    public bool Stands(int generation, long position) => journal.Stands(generation, position);

    public ValueTask<Participant> EnlistAsync(
        TransactionState state,
        TableDefinition table,
        int number,
        CancellationToken cancellationToken)
    {
        Partition? partition = directory.Find(table.Name, number);
        if (partition is { IsClosed: false }) return new(state.Enlist(partition));

        // Where it has moved since, the first message finds it.
        return owners.Find(table.Name, number) is { } owner && !owner.Equals(silo.SiloAddress)
            ? new(EnlistRemote(state, table, number, grains.Of(table, number), owner))
            : OpenAndEnlistAsync(state, table, number, cancellationToken);
    }

    public ValueTask<long> NextNumberAsync(
        TableDefinition table, CancellationToken cancellationToken)
    {
        ValueTask<long> next = numbers.NextAsync(table);
        return next.IsCompletedSuccessfully
            ? next
            : new(lifetime.AskForAttemptAsync(next.AsTask, cancellationToken));
    }

    public void ShowNumbers(IReadOnlyList<HighNumber> used)
    {
        foreach (HighNumber each in used)
            numbers.Observe(each.Table, each.Number);
    }

    private async ValueTask<Participant> OpenAndEnlistAsync(
        TransactionState state,
        TableDefinition table,
        int number,
        CancellationToken cancellationToken)
    {
        IIndexGrain grain = grains.Of(table, number);
        while (true)
        {
            OpenResponse opened = await lifetime.AskForAttemptAsync(
                () => grain.OpenAsync(time, cancellationToken), cancellationToken);
            if (opened.Error is not null) throw opened.Error;
            if (!silo.SiloAddress.Equals(opened.Silo))
                return EnlistRemote(state, table, number, grain, opened.Silo);

            // It may have been closed since the answer; then it is opened again.
            if (directory.Find(table.Name, number) is { IsClosed: false } partition)
                return state.Enlist(partition);
            state.ThrowIfOver();
        }
    }

    private Participant EnlistRemote(
        TransactionState state,
        TableDefinition table,
        int number,
        IIndexGrain grain,
        SiloAddress? owner)
        => state.Enlist(
            table,
            number,
            () => new RemoteParticipant(state, table, number, grain, metrics, owner, ended));
}
