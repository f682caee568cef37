using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Memento.Keys;

namespace Memento.Tables.Documents;

/// <summary>
/// The rules for collections: which of them come back from JSON with the same items in the same
/// order.
/// </summary>
internal static class CollectionRules
{
    private static readonly FrozenSet<Type> Faithful = new[]
    {
        typeof(IEnumerable<>), typeof(ICollection<>), typeof(IReadOnlyCollection<>),
        typeof(IList<>),
        typeof(IReadOnlyList<>), typeof(List<>), typeof(LinkedList<>), typeof(Queue<>),
        typeof(Collection<>), typeof(ObservableCollection<>), typeof(ConcurrentQueue<>),
        typeof(IImmutableList<>), typeof(ImmutableList<>), typeof(ImmutableArray<>),
        typeof(IImmutableQueue<>), typeof(ImmutableQueue<>),
        typeof(ISet<>), typeof(HashSet<>), typeof(SortedSet<>),
        typeof(IImmutableSet<>), typeof(ImmutableHashSet<>), typeof(ImmutableSortedSet<>),
        typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>), typeof(Dictionary<,>),
        typeof(SortedDictionary<,>), typeof(SortedList<,>), typeof(OrderedDictionary<,>),
        typeof(IImmutableDictionary<,>), typeof(ImmutableDictionary<,>),
        typeof(ImmutableSortedDictionary<,>),
    }.ToFrozenSet();

    // Stacks and bags come back in reverse order, the others in an order that depends on how they
    // have grown.
    private static readonly FrozenSet<Type> Reordered = new[]
    {
        typeof(Stack<>), typeof(ConcurrentStack<>), typeof(ConcurrentBag<>),
        typeof(IImmutableStack<>), typeof(ImmutableStack<>), typeof(ConcurrentDictionary<,>),
    }.ToFrozenSet();

    /// <summary>
    /// The rule that a collection breaks; null: it breaks none, or the type is not a collection.
    /// </summary>
    public static string? BrokenRule(JsonTypeInfo info)
    {
        if (DocumentKinds.Of(info) is not (DocumentKind.List or DocumentKind.Dictionary)
            || info.Type.IsArray)
        {
            return null;
        }

        string name = TypeName.Of(info.Type);
        if (BaseIn(Reordered, info.Type) is not null)
            return $"the items of '{name}' come back from JSON in another order; use a List or a "
                + "Dictionary.";
        if (info.KeyType is { } key && !CanBeKey(key))
            return $"a key of type '{TypeName.Of(key)}' cannot be the name of a JSON property; use "
                + "a dictionary of another key, or a list of pairs.";
        if (BaseIn(Faithful, info.Type) is not { } known)
            return $"not all of '{name}' would come back from JSON; use a collection of .NET such "
                + "as List, HashSet or Dictionary, or a type derived from one without fields of "
                + "its own.";
        if (info.PolymorphismOptions is not null)
            return $"the collection '{name}' cannot have derived types; let its items have them.";

        return StoredState.FieldsOf(info.Type)
            .FirstOrDefault(field => !field.DeclaringType!.IsAssignableFrom(known)
                && !StoredState.IsLeftOut(field, info.Type)) is { } own
                ? $"JSON keeps the items of '{name}' only, not what it has besides "
                    + $"('{StoredState.BackedProperty(own)?.Name ?? own.Name}'); make it a class "
                    + "with a collection in a property, or mark what it has besides with "
                    + "[JsonIgnore]."
                : null;
    }

    private static bool CanBeKey(Type type)
        => type != typeof(byte[]) && type != typeof(Memory<byte>)
            && type != typeof(ReadOnlyMemory<byte>)
            && DocumentKinds.Of(DocumentFormat.Options.GetTypeInfo(type))
                is DocumentKind.Value or DocumentKind.Own;

    /// <summary>The type of the set that a type is or derives from.</summary>
    private static Type? BaseIn(FrozenSet<Type> types, Type type)
    {
        for (Type? level = type; level is not null; level = level.BaseType)
        {
            if (level.IsGenericType && types.Contains(level.GetGenericTypeDefinition()))
                return level;
        }

        return null;
    }
}

/// <summary>
/// Refuses text that is not valid UTF-16. JSON in UTF-8 cannot hold it: the writer would silently
/// put U+FFFD in its place, and the text would come back changed.
/// </summary>
internal static class Surrogates
{
    /// <summary>
    /// The index of the first half of a surrogate pair without its other half; -1: there is none.
    /// </summary>
    public static int FindUnpaired(ReadOnlySpan<char> text)
    {
        int start = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        if (start < 0) return -1;

        for (int i = start; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return i;

            i++;
        }

        return -1;
    }

    /// <summary>The fault of a text, as the end of a sentence about it.</summary>
    public static string Reason(ReadOnlySpan<char> text, int index)
        => $"has half of a surrogate pair (U+{(int)text[index]:X4}) at index {index}, which UTF-8 "
            + "cannot hold; remove it, or keep the text as byte[]";

    public static void RefuseUnpaired(ReadOnlySpan<char> text)
    {
        int index = FindUnpaired(text);
        if (index >= 0) throw new JsonException($"a text {Reason(text, index)}");
    }
}
