using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Memento.Keys;
using Memento.Partitions;
using Memento.Queries.Orders;

namespace Memento.Transactions.Reading;

/// <summary>
/// How many records have each value of a property, in the order of the values. Null may be among
/// them, which the dictionaries of .NET refuse as a key.
/// </summary>
internal sealed class GroupCounts<TKey> : IReadOnlyDictionary<TKey, long>
{
    private readonly List<KeyValuePair<TKey, long>> _inOrder;
    private readonly Dictionary<Slot, long> _counts;

    private GroupCounts(List<KeyValuePair<TKey, long>> inOrder)
    {
        _inOrder = inOrder;
        _counts = inOrder.ToDictionary(
            static each => new Slot(each.Key), static each => each.Value);
    }

    public int Count => _inOrder.Count;

    public IEnumerable<TKey> Keys => _inOrder.Select(static each => each.Key);

    public IEnumerable<long> Values => _inOrder.Select(static each => each.Value);

    public long this[TKey key]
        => TryGetValue(key, out long count)
            ? count
            : throw new KeyNotFoundException($"No record has the value '{key}'.");

    /// <summary>Adds up the counts of the partitions.</summary>
    /// <param name="value">Reads the encoded values.</param>
    /// <param name="path">The property, for an error.</param>
    /// <param name="groups">The counts.</param>
    /// <exception cref="InvalidOperationException">
    /// A value is null, and the type does not have null.
    /// </exception>
    public static GroupCounts<TKey> Merge(
        GroupValue value, string path, IEnumerable<GroupCount> groups)
    {
        var merged = new SortedDictionary<Key, long>();
        foreach (GroupCount group in groups)
        {
            var key = new Key(group.Value);
            merged[key] = merged.GetValueOrDefault(key) + group.Count;
        }

        return new([
            .. merged.Select(each => KeyValuePair.Create(
                Convert(value.Read(each.Key.Bytes), path), each.Value)),
        ]);
    }

    public bool ContainsKey(TKey key) => _counts.ContainsKey(new Slot(key));

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out long value)
        => _counts.TryGetValue(new Slot(key), out value);

    public IEnumerator<KeyValuePair<TKey, long>> GetEnumerator() => _inOrder.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static TKey Convert(object? value, string path)
        => value is not null || default(TKey) is null
            ? (TKey)value!
            : throw new InvalidOperationException(
                $"Some records have no '{path}', and '{TypeName.Of<TKey>()}' has no null to count "
                + $"them by. Ask for a nullable: m => ({TypeName.Of<TKey>()}?)m.{path}, or leave "
                + "them out with Where.");

    /// <summary>A key that may be null.</summary>
    private readonly record struct Slot(TKey Value);
}
