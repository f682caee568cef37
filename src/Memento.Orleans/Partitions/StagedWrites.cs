using Memento.Tables.Keys;

namespace Memento.Partitions;

/// <summary>
/// A transaction's writes in one partition, in the order in which they were made, with marks to which they
/// can be rolled back. A handful is searched in place; many are found through a dictionary.
/// </summary>
internal sealed class StagedWrites
{
    /// <summary>Above this many writes the dictionary is faster than looking at each.</summary>
    private const int SearchInPlace = 8;

    private readonly List<StagedWrite> _log = [];
    private Dictionary<(int Store, Key Key), StagedWrite>? _latest;
    private List<(int Savepoint, int Length)>? _marks;

    public int Count => _log.Count;

    /// <summary>Whether all that was there before goes, in place of single writes.</summary>
    public bool IsClearing { get; set; }

    /// <summary>Whether the commit changes anything.</summary>
    public bool HasChanges => Count > 0 || IsClearing;

    /// <summary>The records among them in order, where somebody has asked for that.</summary>
    public OwnRecords? Ordered { get; set; }

    /// <summary>The writes that count, oldest first.</summary>
    public IEnumerable<StagedWrite> Effective
    {
        get
        {
            foreach (StagedWrite write in _log)
            {
                if (!write.IsReplaced)
                    yield return write;
            }
        }
    }

    public StagedWrite? Find(int store, Key key)
    {
        if (_log.Count == 0) return null;
        if (_latest is not null) return _latest.GetValueOrDefault((store, key));

        for (int i = _log.Count - 1; i >= 0; i--)
        {
            StagedWrite write = _log[i];
            if (write.Store == store && write.Key == key) return write;
        }

        return null;
    }

    public void Add(StagedWrite write)
    {
        write.Previous = Find(write.Store, write.Key);
        if (write.Previous is not null) write.Previous.IsReplaced = true;
        if (write.Store == 0) Ordered?.Replace(write.Previous?.Record, write.Record);

        _log.Add(write);
        if (_latest is not null)
        {
            _latest[(write.Store, write.Key)] = write;
        }
        else if (_log.Count > SearchInPlace)
        {
            _latest = [];
            foreach (StagedWrite each in _log)
                _latest[(each.Store, each.Key)] = each;
        }
    }

    /// <summary>Remembers where a savepoint begins, the first time that it is seen here.</summary>
    public void Mark(int savepoint)
    {
        if (savepoint == 0) return;
        _marks ??= [];
        if (_marks.Count == 0 || _marks[^1].Savepoint < savepoint)
            _marks.Add((savepoint, _log.Count));
    }

    /// <summary>Undoes what was written under a savepoint and the ones inside it.</summary>
    public void RollbackTo(int savepoint)
    {
        if (_marks is null) return;

        int length = -1;
        while (_marks.Count > 0 && _marks[^1].Savepoint >= savepoint)
        {
            length = _marks[^1].Length;
            _marks.RemoveAt(_marks.Count - 1);
        }

        if (length < 0) return;
        for (int i = _log.Count - 1; i >= length; i--)
            Remove(_log[i]);
        _log.RemoveRange(length, _log.Count - length);
    }

    private void Remove(StagedWrite write)
    {
        if (write.Store == 0) Ordered?.Replace(write.Record, write.Previous?.Record);
        if (write.Previous is not null) write.Previous.IsReplaced = false;
        if (_latest is null) return;

        if (write.Previous is not null)
            _latest[(write.Store, write.Key)] = write.Previous;
        else
            _latest.Remove((write.Store, write.Key));
    }
}
