using Memento.Keys;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>
/// The keys that a transaction has locked for writing in a partition of another process, whose
/// table has no unique index. A write to one of them that changes no entry of an index needs no
/// other lock, so that it cannot meet another transaction. The locks stay until the transaction
/// ends, also where a savepoint is undone.
/// </summary>
internal sealed class LockedKeys
{
    // Most transactions lock one key of a partition.
    private LockedKey? _first;
    private Dictionary<Key, LockedKey>? _others;

    public LockedKey? Find(Key key)
        => _first is { } first && first.Key == key ? first : _others?.GetValueOrDefault(key);

    /// <summary>An operation was carried out, which may have locked its key for writing.</summary>
    /// <param name="table">The table.</param>
    /// <param name="indexes">Its indexes, which stay as they are while the lock is held.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="isUndone">Whether its savepoint was given up; the lock stays.</param>
    public void Learn(
        TableDefinition table,
        IndexSet indexes,
        Operation operation,
        Answer answer,
        bool isUndone)
    {
        if (operation is not IKeyOperation { Writes: true } onKey || !IsOnRecords(operation))
            return;

        LockedKey locked = FindOrAdd(onKey.Key);
        locked.Indexes = indexes;
        locked.HasRecord = isUndone
            ? null
            : HasRecordAfter(table, operation, answer, locked.HasRecord);
    }

    /// <summary>
    /// A savepoint was given up: what was under it may have changed whether there are records.
    /// </summary>
    public void ForgetRecords()
    {
        if (_first is not null) _first.HasRecord = null;
        foreach (LockedKey each in _others?.Values ?? Enumerable.Empty<LockedKey>())
            each.HasRecord = null;
    }

    private static bool IsOnRecords(Operation operation)
        => operation is ReadOperation or ReadAllOperation or WriteOperation or DeleteOperation
            or DeleteRecordOperation or LockRecordOperation;

    private static bool? HasRecordAfter(
        TableDefinition table, Operation operation, Answer answer, bool? before)
        => operation switch
        {
            ReadOperation or ReadAllOperation => answer.Items is { Length: > 0 },
            WriteOperation => true,
            DeleteOperation => false,
            DeleteRecordOperation when answer.Number == 0 => before,
            DeleteRecordOperation => table.Type == TableType.Bag ? null : false,
            _ => before,
        };

    private LockedKey FindOrAdd(Key key)
    {
        if (Find(key) is { } known) return known;

        var added = new LockedKey(key);
        if (_first is null)
            _first = added;
        else
            (_others ??= []).Add(key, added);
        return added;
    }
}

/// <summary>A key that is locked for writing.</summary>
internal sealed class LockedKey(Key key)
{
    public Key Key { get; } = key;

    /// <summary>
    /// Whether it has a record, after all operations so far; null: not known. In a bag, whether it
    /// has any.
    /// </summary>
    public bool? HasRecord { get; set; }

    /// <summary>The last write to it that was kept back, which may have left since.</summary>
    public OperationCall? Kept { get; set; }

    /// <summary>The indexes of the table.</summary>
    public IndexSet? Indexes { get; set; }

    /// <summary>
    /// An entry of each index that the transaction has locked for writing; null: not known. The
    /// entries of the record that stands are always locked: by the read that has found it, or by
    /// the write.
    /// </summary>
    public byte[][]? Entries { get; set; }

    /// <summary>
    /// The answer of a write that needs no other lock; null where only the partition has it.
    /// </summary>
    public bool? AnswerTo(Operation<bool> write) => write switch
    {
        WriteOperation { OnlyIfAbsent: false } put
            when put.Indexes == Indexes?.Stamp && HasEntriesOf(put.Taken) => true,
        DeleteOperation deletion when deletion.Indexes == Indexes?.Stamp
            && (Indexes.All.IsEmpty || Entries is not null || HasRecord == false) => HasRecord,
        _ => null,
    };

    private bool HasEntriesOf(object record)
    {
        if (Indexes!.All.IsEmpty) return true;
        if (Entries is null) return false;

        for (int i = 0; i < Entries.Length; i++)
        {
            if (!Indexes.All[i].HasEntry(record, Key.Bytes, Entries[i])) return false;
        }

        return true;
    }
}
