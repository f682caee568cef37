using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Memento.Tables.Keys;

namespace Memento.Tables.Documents.Checks;

/// <summary>
/// What the checks of lists and of dictionaries have in common: that the collection is what its
/// declared type says, and compares as one does that was read.
/// </summary>
internal abstract class CollectionCheck<TCollection>(bool countsDepth) : ValueCheck<TCollection>
{
    private static readonly bool IsExact = typeof(TCollection).IsSealed;

    public sealed override RecordFault? Find(TCollection value, int depth, ref long size)
    {
        if (value is null) return null;

        return (countsDepth ? FindDepth(depth) : null)
            ?? (IsExact || value.GetType() == typeof(TCollection) ? null : FindInType(value.GetType()))
            ?? FindInItems(value, depth + 1, ref size);
    }

    protected abstract RecordFault? FindInItems(TCollection collection, int depth, ref long size);

    protected static RecordFault? FindComparer<T>(object? comparer, object? expected)
        => Comparers.ComesBack<T>(comparer, expected)
            ? null
            : new RecordFault(
                "has another comparer than the one that it would come back with; leave the comparer "
                + $"out, or derive a type from '{TypeName.Of<TCollection>()}' whose constructor "
                + "sets it");

    /// <summary>
    /// An interface shows items only: whatever .NET or the compiler makes behind it has no more.
    /// </summary>
    private static RecordFault? FindInType(Type type)
        => typeof(TCollection).IsInterface
            && (Framework.Has(type)
                || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
                    ? null
                    : new RecordFault(
                        $"is of type '{TypeName.Of(type)}' and would come back as a collection that "
                        + $"is not; declare the property as '{TypeName.Of(type)}', or put the items "
                        + $"into a '{TypeName.Of<TCollection>()}'");
}

/// <summary>A list, array, queue or set.</summary>
internal sealed class ListCheck<TCollection, TItem>(
    ValueCheck<TItem>? item, object? expectedComparer, bool countsDepth)
    : CollectionCheck<TCollection>(countsDepth)
    where TCollection : IEnumerable<TItem>
{
    /// <summary>A number with its comma takes about as many.</summary>
    private const int BytesPerItem = 8;

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
            && FindComparer<TItem>(Comparers.OfSet<TItem>(collection), expectedComparer) is { } fault)
        {
            return fault;
        }

        if (item is null)
        {
            size += (long)CountOf(collection) * BytesPerItem;
            return null;
        }

        if (collection is TItem[] array) return FindInSpan(array, depth, ref size);
        if (collection is List<TItem> list)
            return FindInSpan(CollectionsMarshal.AsSpan(list), depth, ref size);

        int index = 0;
        foreach (TItem value in collection)
        {
            if (item.Find(value, depth, ref size) is { } found) return found.At($"{index}");
            index++;
        }

        return null;
    }

    private static int CountOf(TCollection collection)
        => typeof(TCollection) == typeof(ImmutableArray<TItem>)
            ? ((ImmutableArray<TItem>)(object)collection).Length
            : collection is IReadOnlyCollection<TItem> counted ? counted.Count : 0;

    private RecordFault? FindInSpan(ReadOnlySpan<TItem> items, int depth, ref long size)
    {
        for (int index = 0; index < items.Length; index++)
        {
            if (item!.Find(items[index], depth, ref size) is { } found) return found.At($"{index}");
        }

        return null;
    }
}

/// <summary>A dictionary.</summary>
internal sealed class DictionaryCheck<TCollection, TKey, TValue>(
    ValueCheck<TKey>? key, ValueCheck<TValue>? item, object? expectedComparer, bool countsDepth)
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
