using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Memento.Tables.Documents;

/// <summary>Decides from the fields of a type whether an object of it can ever change.</summary>
internal static class Immutability
{
    private const BindingFlags OwnMembers = BindingFlags.Instance | BindingFlags.Public
        | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly FrozenSet<Type> ImmutableTypes = new[]
    {
        typeof(string), typeof(decimal), typeof(Guid), typeof(Uri), typeof(Version),
        typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly),
        typeof(TimeOnly), typeof(Half), typeof(Int128), typeof(UInt128),
    }.ToFrozenSet();

    // Sets and dictionaries are not here: they may have a comparer that their document cannot
    // carry, and a shared one would then answer otherwise than one that was read from the storage.
    private static readonly FrozenSet<Type> ImmutableCollections =
        new[] { typeof(ImmutableArray<>), typeof(ImmutableList<>) }.ToFrozenSet();

    /// <summary>How records of exactly this type are to be copied.</summary>
    public static CopyMode CopyModeOf(Type recordType)
    {
        var assumed = new HashSet<Type>();
        var mode = CopyMode.Share;
        foreach (FieldInfo field in FieldsOf(recordType))
        {
            if (!IsImmutable(field.FieldType, assumed) || IsOutsideTheDocument(field))
                return CopyMode.Deep;
            if (!field.IsInitOnly)
                mode = CopyMode.Shallow;
        }

        return mode;
    }

    /// <summary>The fields of a type and of its base types.</summary>
    public static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        for (Type? level = type;
            level is not null && level != typeof(object);
            level = level.BaseType)
        {
            foreach (FieldInfo field in level.GetFields(OwnMembers))
                yield return field;
        }
    }

    /// <summary>
    /// A property that is not stored would live on in copies of the fields and be lost in those
    /// that went through a document: what a caller reads may not depend on the way it came.
    /// </summary>
    private static bool IsOutsideTheDocument(FieldInfo field)
    {
        if (!field.Name.StartsWith('<'))
            return false;

        string name = field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)];
        var ignore = field.DeclaringType!.GetProperty(name, OwnMembers)
            ?.GetCustomAttribute<JsonIgnoreAttribute>();
        return ignore is { Condition: JsonIgnoreCondition.Always };
    }

    private static bool IsImmutable(Type type, HashSet<Type> assumed)
    {
        if (type.IsPrimitive || type.IsEnum || ImmutableTypes.Contains(type))
            return type != typeof(nint) && type != typeof(nuint);
        if (Nullable.GetUnderlyingType(type) is { } value)
            return IsImmutable(value, assumed);
        if (type.IsGenericType && ImmutableCollections.Contains(type.GetGenericTypeDefinition()))
            return IsImmutable(type.GetGenericArguments()[0], assumed);
        if (type.IsPointer || type.IsInterface || typeof(Delegate).IsAssignableFrom(type))
            return false;

        // A derived class could bring fields that change.
        if ((!type.IsValueType && !type.IsSealed) || type.IsArray)
            return false;
        if (!assumed.Add(type))
            return true;

        // A struct comes out of a record as a copy, so that its own fields may be settable; they
        // must not lead to what is shared.
        return FieldsOf(type).All(
            field => (type.IsValueType || field.IsInitOnly)
                && IsImmutable(field.FieldType, assumed));
    }
}
