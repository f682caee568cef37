using System.Collections.Concurrent;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Silos.HandOver;

/// <summary>
/// The records of partitions that this silo owns no more and whose next owners have not taken them
/// yet.
/// </summary>
internal sealed class ParkedPartitions
{
    private readonly ConcurrentDictionary<(string Table, int Number), ParkedPartition> _parked =
        new();

    /// <summary>The partitions whose records are here.</summary>
    public IReadOnlyCollection<(string Table, int Number)> Names => [.. _parked.Keys];

    public void Add(ParkedPartition parked)
        => _parked[(parked.Table.Name, parked.Number)] = parked;

    public ParkedPartition? Find(string table, int number)
        => _parked.GetValueOrDefault((table, number));

    /// <summary>Drops the records of a partition, of this tenure or an earlier one.</summary>
    public void Remove(string table, int number, long tenure)
    {
        if (Find(table, number) is { } parked && parked.Tenure <= tenure)
            _parked.TryRemove(new((table, number), parked));
    }

    /// <summary>Drops the records of a table that is being deleted.</summary>
    public void Remove(string table)
    {
        foreach ((string Table, int) each in _parked.Keys)
        {
            if (each.Table == table) _parked.TryRemove(each, out _);
        }
    }

    /// <summary>Takes the records of a partition out.</summary>
    public ParkedPartition? Take(string table, int number)
        => _parked.TryRemove((table, number), out ParkedPartition? parked) ? parked : null;
}

/// <summary>The records of a partition between two owners. Nothing changes them.</summary>
/// <param name="Table">The table.</param>
/// <param name="Number">The partition's number.</param>
/// <param name="Tenure">The tenure of the owner that had them.</param>
/// <param name="LostAt">When it began empty after a loss; null: never.</param>
/// <param name="Content">The records, and the values of unique indexes.</param>
internal sealed record ParkedPartition(
    TableDefinition Table,
    int Number,
    long Tenure,
    DateTimeOffset? LostAt,
    PartitionContent Content);
