using System.Collections;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>The partitions that take part in a transaction, in the order in which they came.</summary>
internal sealed class Enlistments : IReadOnlyList<Enlistment>
{
    /// <summary>
    /// Up to so many are looked through, as two tables of the usual size have; more are found by hash.
    /// </summary>
    private const int Few = 32;

    private readonly List<Enlistment> _all = [];
    private Dictionary<(TableDefinition Table, int Number), Enlistment>? _byPartition;

    public int Count => _all.Count;

    public Enlistment this[int index] => _all[index];

    public Enlistment? Find(TableDefinition table, int number)
    {
        if (_byPartition is not null) return _byPartition.GetValueOrDefault((table, number));

        foreach (Enlistment enlistment in _all)
        {
            if (enlistment.Number == number && ReferenceEquals(enlistment.Table, table))
                return enlistment;
        }

        return null;
    }

    /// <summary>Adds one of a partition that is not among them.</summary>
    public void Add(Enlistment enlistment)
    {
        _all.Add(enlistment);
        if (_byPartition is not null)
            _byPartition.Add((enlistment.Table, enlistment.Number), enlistment);
        else if (_all.Count > Few)
            _byPartition = _all.ToDictionary(static each => (each.Table, each.Number));
    }

    public List<Enlistment>.Enumerator GetEnumerator() => _all.GetEnumerator();

    IEnumerator<Enlistment> IEnumerable<Enlistment>.GetEnumerator() => _all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _all.GetEnumerator();
}
