using System.Runtime.InteropServices;
using Memento.Keys;
using Memento.Partitions;

namespace Memento.Participants;

/// <summary>
/// The operations of a transaction that are under way to one partition in another process, for the
/// order of its calls. An operation in a later message than an earlier one on the same records
/// waits for the answer of that one; <see cref="Partitions.WaitingOperations"/> has the rule.
/// </summary>
internal sealed class OperationsAhead
{
    private readonly Dictionary<Key, (int All, int Writes)> _keys = [];
    private int _writes;
    private int _scans;

    public bool Delays(Operation operation) => operation is IKeyOperation onKey
        ? (onKey.Writes && _scans > 0)
            || (_keys.TryGetValue(onKey.Key, out (int All, int Writes) same)
                && (onKey.Writes || same.Writes > 0))
        : _writes > 0;

    /// <summary>Whether an operation on a key is under way.</summary>
    public bool Has(Key key) => _keys.ContainsKey(key);

    public void Add(Operation operation) => Count(operation, 1);

    public void Remove(Operation operation) => Count(operation, -1);

    private void Count(Operation operation, int change)
    {
        if (operation is not IKeyOperation onKey)
        {
            _scans += change;
            return;
        }

        ref (int All, int Writes) same =
            ref CollectionsMarshal.GetValueRefOrAddDefault(_keys, onKey.Key, out _);
        same.All += change;
        if (onKey.Writes)
        {
            same.Writes += change;
            _writes += change;
        }

        if (same.All == 0) _keys.Remove(onKey.Key);
    }
}
