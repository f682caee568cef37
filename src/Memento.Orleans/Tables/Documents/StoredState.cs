using System.Reflection;
using System.Reflection.Emit;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Memento.Tables.Documents.MethodCode;

namespace Memento.Tables.Documents;

/// <summary>
/// Which fields of a type its document has, and whether code of the application can change the
/// values.
/// </summary>
internal sealed class StoredState
{
    private const BindingFlags OwnMembers = BindingFlags.Instance | BindingFlags.Public
        | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private const string BackingField = ">k__BackingField";

    private readonly JsonTypeInfo _info;
    private readonly List<MemberInfo> _members;
    private readonly HashSet<(Module, int)> _read = [];

    public StoredState(JsonTypeInfo info)
    {
        _info = info;
        _members =
        [
            .. info.Properties.Where(static member => member.Get is not null)
                .Select(static member => member.AttributeProvider).OfType<MemberInfo>(),
        ];
        foreach (MemberInfo member in _members)
        {
            if (member is PropertyInfo { GetMethod: { } getter }) Follow(getter, []);
        }

        IsPlain = Framework.Has(info.Type) || IsPlainType();
    }

    /// <summary>
    /// Whether writing and reading a document only reads and sets fields: no constructor, accessor,
    /// converter or callback of the application could change a value.
    /// </summary>
    public bool IsPlain { get; }

    /// <summary>The fields of a type and of its base types.</summary>
    public static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        for (Type? level = type;
            level is not null && level != typeof(object) && level != typeof(ValueType);
            level = level.BaseType)
        {
            foreach (FieldInfo field in level.GetFields(OwnMembers))
                yield return field;
        }
    }

    /// <summary>The property for which the compiler made the field.</summary>
    public static PropertyInfo? BackedProperty(FieldInfo field)
        => field.Name.EndsWith(BackingField, StringComparison.Ordinal)
            ? field.DeclaringType!.GetProperty(field.Name[1..^BackingField.Length], OwnMembers)
            : null;

    /// <summary>
    /// Whether a record of the type is the same without the value of the field: the application
    /// says so, or the field has the listeners of an event, which no document could have.
    /// </summary>
    public static bool IsLeftOut(FieldInfo field, Type type)
    {
        if (IsOfEvent(field)) return true;

        JsonIgnoreAttribute? ignore = field.GetCustomAttribute<JsonIgnoreAttribute>()
            ?? (BackedProperty(field) is { } property
                ? OverrideOf(property, type).GetCustomAttribute<JsonIgnoreAttribute>()
                : null);
        return ignore is
        {
            Condition: JsonIgnoreCondition.Always
            or JsonIgnoreCondition.WhenWriting or JsonIgnoreCondition.WhenReading
        };
    }

    /// <summary>
    /// Whether the document has the value of the field: as a member, or through a stored property.
    /// </summary>
    public bool Keeps(FieldInfo field)
        => _read.Contains((field.Module, field.MetadataToken))
            || _members.Exists(member => IsOf(field, member));

    /// <summary>
    /// The field of an overridden property has no value that the application could have set.
    /// </summary>
    private static bool IsOf(FieldInfo field, MemberInfo member)
    {
        if (member is not PropertyInfo property)
            return member.Name == field.Name && member.DeclaringType == field.DeclaringType;

        return BackedProperty(field)?.GetMethod is { } getter
            && property.GetMethod?.GetBaseDefinition() == getter.GetBaseDefinition();
    }

    private static bool IsOfEvent(FieldInfo field)
        => typeof(Delegate).IsAssignableFrom(field.FieldType)
            && field.DeclaringType!.GetEvent(field.Name, OwnMembers) is not null;

    /// <summary>The property of the type that overrides a property of a base type.</summary>
    private static PropertyInfo OverrideOf(PropertyInfo property, Type type)
    {
        MethodInfo? declared = property.GetMethod?.GetBaseDefinition();
        for (Type? level = type;
            declared is not null && level is not null && level != property.DeclaringType;
            level = level.BaseType)
        {
            PropertyInfo? found = Array.Find(
                level.GetProperties(OwnMembers),
                other => other.GetMethod?.GetBaseDefinition() == declared);
            if (found is not null) return found;
        }

        return property;
    }

    private void Follow(MethodInfo method, HashSet<MethodBase> seen)
    {
        if (!seen.Add(method)) return;

        foreach (Instruction instruction in Of(method))
        {
            if (instruction.Member is FieldInfo { IsStatic: false } field)
                _read.Add((field.Module, field.MetadataToken));
            else if (instruction.Member is MethodInfo { DeclaringType: { } type } called
                && type != typeof(object) && type.IsAssignableFrom(_info.Type))
                Follow(called, seen);
        }
    }

    private bool IsPlainType()
        => _info is
        {
            OnDeserializing: null, OnDeserialized: null, OnSerializing: null,
            OnSerialized: null, PreferredPropertyObjectCreationHandling: null
        }
            && HasPlainConstructor()
            && _info.Properties.All(IsPlainMember);

    private static bool IsPlainMember(JsonPropertyInfo member)
    {
        if (member.Get is null) return true;
        if (member.CustomConverter is not null || member.ObjectCreationHandling is not null)
            return false;
        if (member.AttributeProvider is not PropertyInfo property) return true;

        FieldInfo? field = FieldOf(property.GetMethod!);
        return field is not null
            && (member.AssociatedParameter is not null || FieldOf(property.SetMethod!) == field);
    }

    /// <summary>
    /// The field of an accessor that does no more than an accessor that the compiler makes.
    /// </summary>
    private static FieldInfo? FieldOf(MethodInfo accessor)
    {
        IReadOnlyList<Instruction> code = Of(accessor);
        return code.All(static each => each.Argument is not null || IsOfAccessor(each.Operation))
            && code.Select(static each => each.Member).OfType<FieldInfo>().ToArray() is [var field]
                ? field
                : null;
    }

    private static bool IsOfAccessor(OpCode operation)
        => operation == OpCodes.Ldfld || operation == OpCodes.Stfld || operation == OpCodes.Ret

            // A debug build goes by way of a local variable, and jumps to the next instruction.
            || operation == OpCodes.Stloc_0 || operation == OpCodes.Ldloc_0
            || operation == OpCodes.Br_S;

    /// <summary>
    /// A constructor without parameters runs before the stored properties are set. A constructor
    /// with parameters must put each one unchanged into the field of its property, and do nothing
    /// else.
    /// </summary>
    private bool HasPlainConstructor()
    {
        if (_info.ConstructorAttributeProvider is not MethodBase constructor
            || constructor.GetParameters().Length == 0)
            return true;

        return ConstructorCode.OnlyStores(constructor) && _info.Properties
            .Where(static member => member.AssociatedParameter is not null)
            .All(member => FieldOf(member) is { } field
                && ConstructorCode.ArgumentIn(constructor, field)
                    == member.AssociatedParameter!.Position + 1);
    }

    private static FieldInfo? FieldOf(JsonPropertyInfo member)
        => member.AttributeProvider is PropertyInfo { GetMethod: { } getter }
            ? FieldOf(getter)
            : member.AttributeProvider as FieldInfo;
}

/// <summary>The properties of a type that documents have.</summary>
internal static class StoredProperties
{
    /// <summary>
    /// The properties in the order of documents; none if the type is not an object.
    /// </summary>
    public static List<PropertyInfo> Of(Type type)
    {
        var stored = new List<PropertyInfo>();
        JsonTypeInfo document = DocumentFormat.Options.GetTypeInfo(type);
        foreach (JsonPropertyInfo member in document.Properties)
        {
            if (member.Get is not null
                && DocumentFormat.CanBeRead(member)
                && member.AttributeProvider is PropertyInfo { GetMethod.IsPublic: true } property)
                stored.Add(property);
        }

        return stored;
    }

    /// <summary>
    /// The property; also the key or value of a dictionary's entry, which is in documents although
    /// an entry is not an object there.
    /// </summary>
    public static PropertyInfo? Find(Type type, string name)
        => IsEntry(type)
            ? type.GetProperty(name)
            : Of(type).Find(property => property.Name == name);

    private static bool IsEntry(Type type)
        => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);
}
