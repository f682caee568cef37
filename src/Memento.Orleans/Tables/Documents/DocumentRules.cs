using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Memento.Tables.Keys;

namespace Memento.Tables.Documents;

/// <summary>
/// Finds what of a record type would not come back from a document, before any record is lost by
/// it.
/// </summary>
internal sealed class DocumentRules(Type recordType)
{
    private const BindingFlags OwnMembers = BindingFlags.Instance | BindingFlags.Public
        | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly HashSet<Type> _checked = [];

    /// <summary>Checks the record type and every type that its documents hold.</summary>
    /// <exception cref="InvalidTableException">Something would be lost.</exception>
    public void Check()
    {
        if (InfoOf(recordType, property: null).Kind != JsonTypeInfoKind.Object)
            throw Invalid(
                null,
                "JSON would not write it as an object with properties; let it be no collection, "
                + "and have no [JsonConverter].");

        Check(recordType, property: null);
    }

    /// <param name="type">The type to check.</param>
    /// <param name="property">The property of the record through which it is reached.</param>
    private void Check(Type type, string? property)
    {
        // JSON has null or the value; a constructor is asked of the value's type.
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!_checked.Add(type))
            return;

        JsonTypeInfo info = InfoOf(type, property);
        if (info.ElementType is not null)
            Check(info.ElementType, property);
        if (info.KeyType is not null)
            Check(info.KeyType, property);

        if (info.Kind == JsonTypeInfoKind.Object)
            CheckObject(info, property);
        else
            CheckValue(info, property);
    }

    private JsonTypeInfo InfoOf(Type type, string? property)
    {
        try
        {
            return DocumentFormat.Options.GetTypeInfo(type);
        }
        catch (Exception exception) when (
            exception is InvalidOperationException or NotSupportedException or ArgumentException)
        {
            throw Invalid(
                property,
                $"System.Text.Json cannot store '{TypeName.Of(type)}': {exception.Message}");
        }
    }

    private void CheckValue(JsonTypeInfo info, string? property)
    {
        if (info.Type == typeof(object))
            throw Invalid(
                property,
                "a value of type 'object' does not come back from JSON as what it was; use a type "
                + "that says what it holds.");

        try
        {
            ReadOnlySpan<byte> document = info.Kind switch
            {
                JsonTypeInfoKind.Enumerable => "[]"u8,
                JsonTypeInfoKind.Dictionary => "{}"u8,
                _ => "0"u8,
            };
            JsonSerializer.Deserialize(document, info);
        }
        catch (NotSupportedException)
        {
            throw Invalid(
                property,
                $"System.Text.Json cannot store a value of type '{TypeName.Of(info.Type)}'; use "
                + "another type, or mark the property with [JsonIgnore].");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Only whether the type is supported is asked; 0 need not be a value of it.
        }
    }

    private void CheckObject(JsonTypeInfo info, string? property)
    {
        bool isPolymorphic = info.PolymorphismOptions is { DerivedTypes.Count: > 0 };
        foreach (JsonDerivedType derived in info.PolymorphismOptions?.DerivedTypes ?? [])
            Check(derived.DerivedType, property);

        if (!(isPolymorphic && info.Type.IsAbstract))
            CheckConstructor(info, property);

        CheckState(info, property);
        foreach (JsonPropertyInfo member in info.Properties)
        {
            if (member.Get is not null)
                Check(member.PropertyType, property ?? MemberName(member));
        }
    }

    private void CheckConstructor(JsonTypeInfo info, string? property)
    {
        if (info.CreateObject is not null)
            return;
        if (info.ConstructorAttributeProvider is not MethodBase constructor)
            throw Invalid(
                property,
                $"'{TypeName.Of(info.Type)}' has no constructor that can make one from its JSON; "
                + "give it a public constructor, one only or one marked with [JsonConstructor].");

        foreach (ParameterInfo parameter in constructor.GetParameters())
        {
            if (!info.Properties.Any(member => member.AssociatedParameter?.Name == parameter.Name))
                throw Invalid(
                    property,
                    $"the constructor of '{TypeName.Of(info.Type)}' has a parameter "
                    + $"'{parameter.Name}' without a public property of the same name and type, so "
                    + "that its value is not stored; add the property, or a public constructor "
                    + "without the parameter marked with [JsonConstructor].");
        }
    }

    /// <summary>
    /// Public fields and properties without a setter hold what nobody would store.
    /// </summary>
    private void CheckState(JsonTypeInfo info, string? property)
    {
        CheckSomethingIsStored(info, property);
        foreach (FieldInfo field in Immutability.FieldsOf(info.Type))
        {
            bool isStored = info.Properties.Any(
                member => member.AttributeProvider is MemberInfo other && IsOf(field, other));
            if (isStored)
                continue;
            if (field.IsPublic)
                throw Invalid(
                    property ?? field.Name,
                    $"the public field '{field.Name}' of '{TypeName.Of(info.Type)}' would not be "
                    + "stored; make it a property with a getter and a setter (for a tuple, use a "
                    + "record).");
            if (BackedProperty(field) is { } backed)
                throw Invalid(
                    property ?? backed.Name,
                    $"'{backed.Name}' of '{TypeName.Of(info.Type)}' would not be stored, because "
                    + "it cannot be set when a record is read; give it a setter ('init' will do) "
                    + "or a constructor parameter, or mark it with [JsonIgnore].");
        }
    }

    /// <summary>
    /// Some types of the framework keep all they are in private: BigInteger does.
    /// </summary>
    private void CheckSomethingIsStored(JsonTypeInfo info, string? property)
    {
        // Of the record itself the rules of tables say more.
        if (info.Type == recordType || info.Type.IsAbstract || info.Properties.Count > 0)
            return;
        if (Immutability.FieldsOf(info.Type).Any(f => !f.IsPublic && f.Name[0] != '<'))
            throw Invalid(
                property,
                $"JSON would hold nothing of '{TypeName.Of(info.Type)}', which has no property "
                + "that can be set; use another type.");
    }

    private static bool IsOf(FieldInfo field, MemberInfo member)
        => (member.Name == field.Name || $"<{member.Name}>k__BackingField" == field.Name)
            && member.DeclaringType == field.DeclaringType;

    /// <summary>The public property that the compiler made the field for.</summary>
    private static PropertyInfo? BackedProperty(FieldInfo field)
    {
        const string Suffix = ">k__BackingField";
        if (!field.Name.EndsWith(Suffix, StringComparison.Ordinal))
            return null;

        PropertyInfo? property =
            field.DeclaringType!.GetProperty(field.Name[1..^Suffix.Length], OwnMembers);
        return property?.GetMethod is { IsPublic: true } ? property : null;
    }

    private static string MemberName(JsonPropertyInfo member)
        => (member.AttributeProvider as MemberInfo)?.Name ?? member.Name;

    private InvalidTableException Invalid(string? property, string rule)
        => new(TypeName.Of(recordType), property, rule);
}
