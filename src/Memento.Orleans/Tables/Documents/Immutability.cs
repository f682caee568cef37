using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;

namespace Memento.Tables.Documents;

/// <summary>Decides from the fields of a type whether its objects can ever change.</summary>
internal static class Immutability
{
    private static readonly FrozenSet<Type> ImmutableTypes = new[]
    {
        typeof(string), typeof(decimal), typeof(Guid), typeof(Uri), typeof(Version),
        typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly),
        typeof(TimeOnly), typeof(Half), typeof(Int128), typeof(UInt128),
    }.ToFrozenSet();

    // Sets and dictionaries are left out: the order of their items depends on how they were built,
    // so a shared one could have another order than one that was read from the storage.
    private static readonly FrozenSet<Type> ImmutableCollections =
        new[] { typeof(ImmutableArray<>), typeof(ImmutableList<>) }.ToFrozenSet();

    /// <summary>How to copy records of exactly this type that the application made.</summary>
    public static CopyMode CopyModeOf(Type recordType)
        => CopyModeOf(recordType, IsAllInTheDocument);

    /// <summary>
    /// How to copy records that were read from their documents: they have nothing that is not in
    /// the document.
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
    /// Whether a copy of the fields equals a copy by way of the document. A value that is not
    /// stored would be in the first copy and not in the second, and a caller must read the same in
    /// both cases.
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

        // A derived class could have fields that change.
        if ((!type.IsValueType && !type.IsSealed) || type.IsArray) return false;
        if (!assumed.Add(type)) return true;

        // A struct is copied when it is read from a record, so its own fields may be settable. They
        // must not lead to shared objects that can change.
        return isComplete(type) && StoredState.FieldsOf(type).All(
            field => (type.IsValueType || field.IsInitOnly)
                && IsImmutable(field.FieldType, assumed, isComplete));
    }
}

/// <summary>
/// How to give a record to a caller so that the caller cannot change the stored record.
/// </summary>
internal enum CopyMode
{
    /// <summary>The record cannot change: it is shared.</summary>
    Share,

    /// <summary>
    /// Its fields can be set, but the objects in them cannot change: the fields are copied.
    /// </summary>
    Shallow,

    /// <summary>It has objects that can change: it is copied by way of its document.</summary>
    Deep,
}
