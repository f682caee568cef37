using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Memento.Queries.Evaluation;

/// <summary>Looks a key up in any of the framework's dictionaries.</summary>
internal static class DictionaryReader<TKey, TValue>
    where TKey : notnull
{
    public static bool TryGet(
        object dictionary, TKey key, [MaybeNullWhen(returnValue: false)] out TValue value)
    {
        if (typeof(TKey) == typeof(string) && IsSorted(dictionary))
        {
            return TryGetByOrdinal(
                (IEnumerable<KeyValuePair<TKey, TValue>>)dictionary, key, out value);
        }

        return dictionary is IReadOnlyDictionary<TKey, TValue> readable
            ? readable.TryGetValue(key, out value)
            : ((IDictionary<TKey, TValue>)dictionary).TryGetValue(key, out value);
    }

    /// <summary>
    /// These go by the order of a culture where their keys are texts, so that another machine could
    /// find another one.
    /// </summary>
    private static bool IsSorted(object dictionary)
        => dictionary is SortedDictionary<TKey, TValue> or SortedList<TKey, TValue>
            or ImmutableSortedDictionary<TKey, TValue>;

    private static bool TryGetByOrdinal(
        IEnumerable<KeyValuePair<TKey, TValue>> entries,
        TKey key,
        [MaybeNullWhen(returnValue: false)] out TValue value)
    {
        foreach ((TKey candidate, TValue there) in entries)
        {
            if (EqualityComparer<TKey>.Default.Equals(candidate, key))
            {
                value = there;
                return true;
            }
        }

        value = default;
        return false;
    }
}
