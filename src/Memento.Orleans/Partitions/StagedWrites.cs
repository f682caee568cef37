using Memento.Keys;

namespace Memento.Partitions;

/// <summary>
/// The writes of a transaction in one partition, in the order in which they were made. The writes
/// of a savepoint can be removed, wherever they are among the others. A few writes are searched in
/// place; many are found through a dictionary.
/// </summary>
internal sealed class StagedWrites
{
    /// <summary>Above this many writes, a dictionary is faster than a search.</summary>
    private const int SearchInPlace = 8;

    private readonly List<StagedWrite> _log = [];
    private Dictionary<(KeySpace Space, Key Key), StagedWrite>? _latest;
    private Dictionary<long, int>? _counts;

    public int Count => _log.Count;

    /// <summary>How often writes were undone. Between two undos, writes are only added.</summary>
    public int Rollbacks { get; private set; }

    /// <summary>
    /// Whether the commit empties the partition, instead of making single writes.
    /// </summary>
    public bool IsClearing { get; set; }

    /// <summary>Whether the commit changes anything.</summary>
    public bool HasChanges => Count > 0 || IsClearing;

    /// <summary>The written records in order, if an operation has needed that.</summary>
    public OwnRecords? Ordered { get; set; }

    /// <summary>The writes that count, oldest first.</summary>
    public IEnumerable<StagedWrite> Effective
    {
        get
        {
            foreach (StagedWrite write in _log)
            {
                if (write.Next is null) yield return write;
            }
        }
    }

    /// <summary>All writes, oldest first.</summary>
    public IReadOnlyList<StagedWrite> All => _log;

    public StagedWrite? Find(KeySpace space, Key key)
    {
        if (_log.Count == 0) return null;
        if (_latest is not null) return _latest.GetValueOrDefault((space, key));

        for (int i = _log.Count - 1; i >= 0; i--)
        {
            StagedWrite write = _log[i];
            if (write.Space == space && write.Key == key) return write;
        }

        return null;
    }

    public void Add(StagedWrite write)
    {
        write.Previous = Find(write.Space, write.Key);
        if (write.Previous is not null) write.Previous.Next = write;
        if (write.Space.IsRecords) Ordered?.Replace(write.Previous?.Record, write.Record);

        CountUnder(write, 1);
        _log.Add(write);
        if (_latest is not null)
        {
            _latest[(write.Space, write.Key)] = write;
        }
        else if (_log.Count > SearchInPlace)
        {
            _latest = [];
            foreach (StagedWrite each in _log)
                _latest[(each.Space, each.Key)] = each;
        }
    }

    /// <summary>
    /// Whether there are writes under a savepoint, or under the savepoints inside it.
    /// </summary>
    public bool HasUnder(long savepoint) => _counts is not null && _counts.ContainsKey(savepoint);

    /// <summary>
    /// Undoes the writes under a savepoint and the savepoints inside it, and nothing else.
    /// </summary>
    public void Rollback(long savepoint)
    {
        if (_counts is null || !_counts.TryGetValue(savepoint, out int left)) return;

        Rollbacks++;

        // From the end, because the undone writes are nearly always the last ones.
        int first = _log.Count;
        while (left > 0)
        {
            StagedWrite write = _log[--first];
            if (!write.IsUnder(savepoint)) continue;

            Remove(write);
            left--;
        }

        int kept = first;
        for (int i = first; i < _log.Count; i++)
        {
            if (!_log[i].IsUnder(savepoint)) _log[kept++] = _log[i];
        }

        _log.RemoveRange(kept, _log.Count - kept);
    }

    /// <summary>Removes a write from between the other writes of its key.</summary>
    private void Remove(StagedWrite write)
    {
        CountUnder(write, -1);
        if (write.Previous is not null) write.Previous.Next = write.Next;
        if (write.Next is not null)
        {
            write.Next.Previous = write.Previous;
            return;
        }

        if (write.Space.IsRecords) Ordered?.Replace(write.Record, write.Previous?.Record);
        if (_latest is null) return;

        if (write.Previous is not null)
            _latest[(write.Space, write.Key)] = write.Previous;
        else
            _latest.Remove((write.Space, write.Key));
    }

    private void CountUnder(StagedWrite write, int change)
    {
        for (Savepoint? each = write.Savepoint; each is not null; each = each.Around)
        {
            _counts ??= [];
            int count = _counts.GetValueOrDefault(each.Id) + change;
            if (count > 0)
                _counts[each.Id] = count;
            else
                _counts.Remove(each.Id);
        }
    }
}
