using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Reflection;

namespace Memento.Tables.Documents;

/// <summary>The comparers of collections, which their documents do not keep.</summary>
internal static class Comparers
{
    /// <summary>The comparer of a set; null where it has none.</summary>
    public static object? OfSet<T>(object set) => set switch
    {
        HashSet<T> hash => hash.Comparer,
        SortedSet<T> sorted => sorted.Comparer,
        ImmutableHashSet<T> hash => hash.KeyComparer,
        ImmutableHashSet<T>.Builder hash => hash.KeyComparer,
        ImmutableSortedSet<T> sorted => sorted.KeyComparer,
        ImmutableSortedSet<T>.Builder sorted => sorted.KeyComparer,
        FrozenSet<T> frozen => frozen.Comparer,
        ReadOnlySet<T> wrapper => OfSet<T>(Inner(wrapper, "Set")!),
        _ => null,
    };

    /// <summary>The comparer of a dictionary's keys; null where it has none.</summary>
    public static object? OfKeys<TKey, TValue>(object dictionary)
        where TKey : notnull
        => dictionary switch
        {
            Dictionary<TKey, TValue> hash => hash.Comparer,
            SortedDictionary<TKey, TValue> sorted => sorted.Comparer,
            SortedList<TKey, TValue> sorted => sorted.Comparer,
            OrderedDictionary<TKey, TValue> ordered => ordered.Comparer,
            ConcurrentDictionary<TKey, TValue> concurrent => concurrent.Comparer,
            ImmutableDictionary<TKey, TValue> hash => hash.KeyComparer,
            ImmutableDictionary<TKey, TValue>.Builder hash => hash.KeyComparer,
            ImmutableSortedDictionary<TKey, TValue> sorted => sorted.KeyComparer,
            ImmutableSortedDictionary<TKey, TValue>.Builder sorted => sorted.KeyComparer,
            FrozenDictionary<TKey, TValue> frozen => frozen.Comparer,
            ReadOnlyDictionary<TKey, TValue> wrapper =>
                OfKeys<TKey, TValue>(Inner(wrapper, "Dictionary")!),
            _ => null,
        };

    /// <summary>The comparer of an immutable dictionary's values; null where it has none.</summary>
    public static object? OfValues<TKey, TValue>(object dictionary)
        where TKey : notnull
        => dictionary switch
        {
            ImmutableDictionary<TKey, TValue> hash => hash.ValueComparer,
            ImmutableSortedDictionary<TKey, TValue> sorted => sorted.ValueComparer,
            _ => null,
        };

    /// <summary>Whether a collection that was read from its document compares in the same way.</summary>
    /// <param name="comparer">The comparer of the collection; null: it has none.</param>
    /// <param name="expected">The comparer of one that was read; null: it has none.</param>
    public static bool ComesBack<T>(object? comparer, object? expected)
        => comparer is null || expected is null || comparer.Equals(expected)
            || (expected.Equals(EqualityComparer<T>.Default) && IsDefault<T>(comparer));

    /// <summary>What a read-only wrapper shows to derived classes only.</summary>
    private static object? Inner<T>(T wrapper, string property)
        => typeof(T).GetProperty(property, BindingFlags.Instance | BindingFlags.NonPublic)
            ?.GetValue(wrapper);

    private static bool IsDefault<T>(object comparer)
        => comparer.Equals(EqualityComparer<T>.Default)
            || comparer.Equals(Comparer<T>.Default)
            || (typeof(T) == typeof(string) && comparer.Equals(StringComparer.Ordinal));
}
