using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;

namespace Memento.Tables.Documents;

/// <summary>Decides from the fields of a type whether an object of it can ever change.</summary>
internal static class Immutability
{
    private static readonly FrozenSet<Type> ImmutableTypes = new[]
    {
        typeof(string), typeof(decimal), typeof(Guid), typeof(Uri), typeof(Version),
        typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly),
        typeof(TimeOnly), typeof(Half), typeof(Int128), typeof(UInt128),
    }.ToFrozenSet();

    // Sets and dictionaries are not here: in what order they give their items depends on how they
    // came about, and a shared one would give another than one that was read from the storage.
    private static readonly FrozenSet<Type> ImmutableCollections =
        new[] { typeof(ImmutableArray<>), typeof(ImmutableList<>) }.ToFrozenSet();

    /// <summary>
    /// How records of exactly this type are to be copied that the application made.
    /// </summary>
    public static CopyMode CopyModeOf(Type recordType)
        => CopyModeOf(recordType, IsAllInTheDocument);

    /// <summary>
    /// How they are to be copied when they were read from their documents: nothing is in them that
    /// is not in the document too.
    /// </summary>
    public static CopyMode StoredCopyModeOf(Type recordType)
        => CopyModeOf(recordType, static _ => true);

    private static CopyMode CopyModeOf(Type recordType, Predicate<Type> isComplete)
    {
        if (!isComplete(recordType)) return CopyMode.Deep;

        var assumed = new HashSet<Type>();
        var mode = CopyMode.Share;
        foreach (FieldInfo field in StoredState.FieldsOf(recordType))
        {
            if (!IsImmutable(field.FieldType, assumed, isComplete)) return CopyMode.Deep;
            if (!field.IsInitOnly) mode = CopyMode.Shallow;
        }

        return mode;
    }

    /// <summary>
    /// Whether a copy of the fields is the same as one by way of the document. What is not stored
    /// would live on in the first and be lost in the second, and what a caller reads may not depend
    /// on the way it came.
    /// </summary>
    private static bool IsAllInTheDocument(Type type)
    {
        var state = new StoredState(DocumentFormat.Options.GetTypeInfo(type));
        return state.IsPlain && StoredState.FieldsOf(type).All(state.Keeps);
    }

    private static bool IsImmutable(
        Type type, HashSet<Type> assumed, Predicate<Type> isComplete)
    {
        if (type.IsPrimitive || type.IsEnum || ImmutableTypes.Contains(type))
            return type != typeof(nint) && type != typeof(nuint);
        if (Nullable.GetUnderlyingType(type) is { } value)
            return IsImmutable(value, assumed, isComplete);
        if (type.IsGenericType && ImmutableCollections.Contains(type.GetGenericTypeDefinition()))
            return IsImmutable(type.GetGenericArguments()[0], assumed, isComplete);
        if (type.IsPointer || type.IsInterface || typeof(Delegate).IsAssignableFrom(type))
            return false;

        // A derived class could bring fields that change.
        if ((!type.IsValueType && !type.IsSealed) || type.IsArray) return false;
        if (!assumed.Add(type)) return true;

        // A struct comes out of a record as a copy, so that its own fields may be settable; they
        // must not lead to what is shared.
        return isComplete(type) && StoredState.FieldsOf(type).All(
            field => (type.IsValueType || field.IsInitOnly)
                && IsImmutable(field.FieldType, assumed, isComplete));
    }
}

/// <summary>What it takes to give a record away without giving the store away.</summary>
internal enum CopyMode
{
    /// <summary>Nothing can change the record: it is shared.</summary>
    Share,

    /// <summary>
    /// Its fields can be set, but nothing they hold can change: a copy of the fields.
    /// </summary>
    Shallow,

    /// <summary>It holds what can change: a copy by way of its document.</summary>
    Deep,
}
