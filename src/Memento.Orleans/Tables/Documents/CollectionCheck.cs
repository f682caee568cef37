using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Memento.Keys;

namespace Memento.Tables.Documents;

/// <summary>
/// The common part of the checks of lists and of dictionaries: the collection has its declared
/// type, and has the comparer that a collection read from a document has.
/// </summary>
internal abstract class CollectionCheck<TCollection>(bool countsDepth) : ValueCheck<TCollection>
{
    /// <summary>An item takes one byte at least, and a comma.</summary>
    protected const int MostItems = DocumentFormat.MaxBytes / 2;

    private static readonly bool IsExact = typeof(TCollection).IsSealed;

    public sealed override RecordFault? Find(TCollection value, int depth, ref long size)
    {
        if (value is null)
        {
            size += DocumentBytes.Null;
            return null;
        }

        size += DocumentBytes.Ends;
        return (countsDepth ? FindDepth(depth) : null)
            ?? (IsExact || value.GetType() == typeof(TCollection)
                ? null
                : FindInType(value.GetType()))
            ?? FindInItems(value, depth + 1, ref size);
    }

    protected abstract RecordFault? FindInItems(TCollection collection, int depth, ref long size);

    protected static RecordFault? FindComparer<T>(object? comparer, object? expected)
        => Comparers.ComesBack<T>(comparer, expected)
            ? null
            : new RecordFault(
                "has another comparer than the one that it would come back with; leave the "
                + $"comparer out, or derive a type from '{TypeName.Of<TCollection>()}' whose "
                + "constructor sets it");

    /// <summary>How many items there are; it stops at one too many.</summary>
    protected static int CountOf<TItem>(IEnumerable<TItem> items)
        => items is IReadOnlyCollection<TItem> counted ? counted.Count
            : items.TryGetNonEnumeratedCount(out int count) ? count
            : items.Take(MostItems + 1).Count();

    protected static RecordFault TooMany()
        => new(string.Create(
            CultureInfo.InvariantCulture,
            $"has more than {MostItems:N0} items, which is more than a record of "
            + $"{DocumentFormat.MaxBytes:N0} bytes holds; keep them as records of their own"));

    /// <summary>
    /// An interface shows only items; the types of .NET and of the compiler behind it have no more
    /// than items.
    /// </summary>
    private static RecordFault? FindInType(Type type)
        => typeof(TCollection).IsInterface
            && (Framework.Has(type)
                || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
                    ? null
                    : new RecordFault(
                        $"is of type '{TypeName.Of(type)}' and would come back as a collection "
                        + $"that is not; declare the property as '{TypeName.Of(type)}', or put the "
                        + $"items into a '{TypeName.Of<TCollection>()}'");
}

/// <summary>A list, array, queue or set.</summary>
/// <param name="item">The check of an item; null: no check is needed.</param>
/// <param name="itemBytes">The most bytes of an item, if there is no check.</param>
/// <param name="expectedComparer">
/// The comparer of a collection that was read; null: it has none.
/// </param>
/// <param name="countsDepth">Whether the depth of objects must be checked.</param>
internal sealed class ListCheck<TCollection, TItem>(
    ValueCheck<TItem>? item, long itemBytes, object? expectedComparer, bool countsDepth)
    : CollectionCheck<TCollection>(countsDepth)
    where TCollection : IEnumerable<TItem>
{
    protected override RecordFault? FindInItems(TCollection collection, int depth, ref long size)
    {
        if (typeof(TCollection) == typeof(ImmutableArray<TItem>)
            && ((ImmutableArray<TItem>)(object)collection).IsDefault)
        {
            return new RecordFault(
                "is a default ImmutableArray, which is not even empty; set it, to [] if it has no "
                + "items");
        }

        if (expectedComparer is not null
            && FindComparer<TItem>(Comparers.OfSet<TItem>(collection), expectedComparer)
                is { } fault)
        {
            return fault;
        }

        if (item is null)
        {
            int count = Count(collection);
            size += count * (itemBytes + DocumentBytes.Comma);
            return count > MostItems ? TooMany() : null;
        }

        if (collection is TItem[] array) return FindInSpan(array, depth, ref size);
        if (collection is List<TItem> list)
            return FindInSpan(CollectionsMarshal.AsSpan(list), depth, ref size);

        int index = 0;
        foreach (TItem value in collection)
        {
            if (item.Find(value, depth, ref size) is { } found) return found.At($"{index}");
            size += DocumentBytes.Comma;
            if (++index > MostItems) return TooMany();
        }

        return null;
    }

    private static int Count(TCollection collection)
        => typeof(TCollection) == typeof(ImmutableArray<TItem>)
            ? ((ImmutableArray<TItem>)(object)collection).Length
            : CountOf(collection);

    private RecordFault? FindInSpan(ReadOnlySpan<TItem> items, int depth, ref long size)
    {
        size += (long)items.Length * DocumentBytes.Comma;
        for (int index = 0; index < items.Length; index++)
        {
            if (item!.Find(items[index], depth, ref size) is { } found) return found.At($"{index}");
        }

        return null;
    }
}

/// <summary>A dictionary.</summary>
/// <param name="key">The check of a key; null: no check is needed.</param>
/// <param name="item">The check of a value; null: no check is needed.</param>
/// <param name="bytes">
/// The most bytes of a key and its value, without the bytes that their checks count.
/// </param>
/// <param name="expectedComparer">
/// The comparer of a collection that was read; null: it has none.
/// </param>
/// <param name="countsDepth">Whether the depth of objects must be checked.</param>
internal sealed class DictionaryCheck<TCollection, TKey, TValue>(
    ValueCheck<TKey>? key,
    ValueCheck<TValue>? item,
    long bytes,
    object? expectedComparer,
    bool countsDepth)
    : CollectionCheck<TCollection>(countsDepth)
    where TCollection : IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    protected override RecordFault? FindInItems(TCollection collection, int depth, ref long size)
    {
        object? values = Comparers.OfValues<TKey, TValue>(collection);
        if ((FindComparer<TKey>(Comparers.OfKeys<TKey, TValue>(collection), expectedComparer)
            ?? FindComparer<TValue>(values, EqualityComparer<TValue>.Default)) is { } fault)
        {
            return fault;
        }

        int count = CountOf(collection);
        size += count * bytes;
        if (count > MostItems) return TooMany();
        if (key is null && item is null) return null;

        foreach ((TKey name, TValue value) in collection)
        {
            if (key?.Find(name, depth, ref size) is { } inKey) return inKey.At("a key");
            if (item?.Find(value, depth, ref size) is { } inValue)
                return inValue.At(name is string ? $"\"{name}\"" : $"{name}");
        }

        return null;
    }
}

/// <summary>The comparers of collections, which their documents do not keep.</summary>
internal static class Comparers
{
    /// <summary>The comparer of a set; null if it has none.</summary>
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

    /// <summary>The comparer of the keys of a dictionary; null if it has none.</summary>
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

    /// <summary>
    /// The comparer of the values of an immutable dictionary; null if it has none.
    /// </summary>
    public static object? OfValues<TKey, TValue>(object dictionary)
        where TKey : notnull
        => dictionary switch
        {
            ImmutableDictionary<TKey, TValue> hash => hash.ValueComparer,
            ImmutableSortedDictionary<TKey, TValue> sorted => sorted.ValueComparer,
            _ => null,
        };

    /// <summary>
    /// Whether a collection compares in the same way after it was read from its document.
    /// </summary>
    /// <param name="comparer">The comparer of the collection; null: it has none.</param>
    /// <param name="expected">
    /// The comparer of a collection that was read; null: it has none.
    /// </param>
    public static bool ComesBack<T>(object? comparer, object? expected)
        => comparer is null || expected is null || comparer.Equals(expected)
            || (expected.Equals(EqualityComparer<T>.Default) && IsDefault<T>(comparer));

    /// <summary>Reads a property that a read-only wrapper shows only to derived classes.</summary>
    private static object? Inner<T>(T wrapper, string property)
        => typeof(T).GetProperty(property, BindingFlags.Instance | BindingFlags.NonPublic)
            ?.GetValue(wrapper);

    private static bool IsDefault<T>(object comparer)
        => comparer.Equals(EqualityComparer<T>.Default)
            || comparer.Equals(Comparer<T>.Default)
            || (typeof(T) == typeof(string) && comparer.Equals(StringComparer.Ordinal));
}
