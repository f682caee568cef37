using Memento.Keys;

namespace Memento.Partitions;

/// <summary>A write that only its transaction sees.</summary>
internal sealed class StagedWrite(
    KeySpace space, Key key, StoredRecord? record, byte[]? document, Savepoint? savepoint)
{
    /// <summary>The records, or the values of a unique index.</summary>
    public KeySpace Space { get; } = space;

    public Key Key { get; } = key;

    /// <summary>The record after the commit; null: none.</summary>
    public StoredRecord? Record { get; } = record;

    /// <summary>
    /// The JSON document for the journal; null for a deletion, or if the table is in ram.
    /// </summary>
    public byte[]? Document { get; } = document;

    /// <summary>The savepoint with which it is undone; null: the transaction.</summary>
    public Savepoint? Savepoint { get; } = savepoint;

    /// <summary>The write of the same key that this one replaces within the transaction.</summary>
    public StagedWrite? Previous { get; set; }

    /// <summary>The later write of the transaction that replaces this one.</summary>
    public StagedWrite? Next { get; set; }

    /// <summary>A copy of the write, without its neighbours.</summary>
    public StagedWrite Copy() => new(Space, Key, Record, Document, Savepoint);

    /// <summary>Whether it is undone with a savepoint.</summary>
    public bool IsUnder(long savepoint) => Savepoint is not null && Savepoint.IsUnder(savepoint);

    /// <summary>Whether it is undone with any of some savepoints.</summary>
    public bool IsUnderAny(ReadOnlySpan<long> savepoints)
    {
        foreach (long savepoint in savepoints)
        {
            if (IsUnder(savepoint)) return true;
        }

        return false;
    }
}
