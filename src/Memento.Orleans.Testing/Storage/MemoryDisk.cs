using System.Collections.Immutable;
using Memento.Storage;

namespace Memento.Testing;

/// <summary>
/// What a <see cref="MemoryJournalStorage"/> keeps: a state that is replaced as a whole, so that
/// every change is there or not. Outlives the storages that are opened on it.
/// </summary>
internal sealed class MemoryDisk
{
    /// <summary>Taken for each change by all storages that have the disk.</summary>
    public Lock Gate { get; } = new();

    public MemoryState State { get; set; } = new();

    /// <summary>
    /// Stands in for a commit: it may keep the state or not, and throw an
    /// <see cref="IOException"/>, after which nobody can ask as long as this stays set.
    /// </summary>
    public Action<MemoryState>? Commit { get; set; }

    /// <summary>Whether there is no room for more rows.</summary>
    public bool IsFull { get; set; }

    /// <summary>Whether the disk cannot be found.</summary>
    public bool IsHidden { get; set; }
}

/// <summary>Everything that is on a disk.</summary>
internal sealed record MemoryState
{
    /// <summary>The tables, and of each its rows, in the order of partitions and keys.</summary>
    public ImmutableDictionary<string, ImmutableSortedDictionary<RowPlace, byte[]>> Tables
    {
        get;
        init;
    } = ImmutableDictionary<string, ImmutableSortedDictionary<RowPlace, byte[]>>.Empty;

    /// <summary>The owner numbers; those of dropped tables too.</summary>
    public ImmutableDictionary<(string Table, int Partition), long> Epochs { get; init; } =
        ImmutableDictionary<(string Table, int Partition), long>.Empty;

    /// <summary>The silos that own partitions, and under which number.</summary>
    public ImmutableDictionary<(string Table, int Partition), (Guid Silo, long Epoch)> Owners
    {
        get;
        init;
    } = ImmutableDictionary<(string Table, int Partition), (Guid Silo, long Epoch)>.Empty;

    public ImmutableDictionary<Guid, StoredLease> Leases { get; init; } =
        ImmutableDictionary<Guid, StoredLease>.Empty;

    public ImmutableDictionary<Guid, TransactionOutcome> Outcomes { get; init; } =
        ImmutableDictionary<Guid, TransactionOutcome>.Empty;

    public ImmutableDictionary<string, byte[]> Notes { get; init; } =
        ImmutableDictionary<string, byte[]>.Empty;

    /// <summary>The batches that are in, oldest first.</summary>
    public ImmutableList<JournalBatch> Batches { get; init; } = [];
}

/// <summary>Where a row stands in its table.</summary>
internal readonly record struct RowPlace(int Partition, byte[] Key) : IComparable<RowPlace>
{
    public int CompareTo(RowPlace other)
    {
        int partition = Partition.CompareTo(other.Partition);
        return partition != 0 ? partition : Key.AsSpan().SequenceCompareTo(other.Key);
    }
}
