using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Memento.Keys;

namespace Memento.Tables.Documents;

/// <summary>
/// Finds the parts of a record type that would not come back from a document, before any record is
/// lost.
/// </summary>
internal sealed class DocumentRules(Type recordType)
{
    private readonly HashSet<Type> _checked = [];

    /// <summary>Checks that documents have the record type as an object.</summary>
    /// <exception cref="InvalidTableException">It is not.</exception>
    public void CheckKind()
    {
        if (InfoOf(recordType, property: null).Kind != JsonTypeInfoKind.Object)
            throw Invalid(
                null,
                "JSON would not write it as an object with properties; let it be no collection, "
                + "and have no [JsonConverter].");
    }

    /// <summary>Checks the record type and every type in its documents.</summary>
    /// <exception cref="InvalidTableException">A part of a record would be lost.</exception>
    public void Check() => Check(recordType, property: null);

    /// <param name="type">The type to check.</param>
    /// <param name="property">The property of the record that leads to the type.</param>
    private void Check(Type type, string? property)
    {
        // JSON has null or the value, so the constructor of the value's type counts.
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!_checked.Add(type)) return;

        JsonTypeInfo info = InfoOf(type, property);
        if (info.Kind == JsonTypeInfoKind.Object) CheckObject(info, property);

        foreach (JsonPropertyInfo member in info.Properties)
        {
            if (member is { Get: not null, CustomConverter: null })
                Check(member.PropertyType, property ?? MemberName(member));
        }

        foreach (Type part in DocumentTypes.In(info).Where(part => !_checked.Contains(part)))
            Check(part, property);

        if (info.Kind != JsonTypeInfoKind.Object) CheckValue(info, property);
        if (CollectionRules.BrokenRule(info) is { } rule) throw Invalid(property, rule);
        if (type.IsEnum) CheckNames(info, property);
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
                property ?? (type == recordType ? FindUnknown() : null),
                $"System.Text.Json cannot store '{TypeName.Of(type)}': {exception.Message}");
        }
    }

    /// <summary>A property whose type alone makes the serializer fail.</summary>
    private string? FindUnknown()
        => Array.Find(
            recordType.GetProperties(), static property => !IsKnown(property.PropertyType))
            ?.Name;

    private static bool IsKnown(Type type)
    {
        try
        {
            DocumentFormat.Options.GetTypeInfo(type);
            return true;
        }
        catch (Exception exception) when (
            exception is InvalidOperationException or NotSupportedException or ArgumentException)
        {
            return false;
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
            // Only the type matters here; 0 need not be a value of it.
        }
    }

    /// <summary>Refuses an enum with names of which one would be read as another.</summary>
    private void CheckNames(JsonTypeInfo info, string? property)
    {
        foreach (object value in Enum.GetValues(info.Type))
        {
            byte[] document = JsonSerializer.SerializeToUtf8Bytes(value, info);
            if (!value.Equals(JsonSerializer.Deserialize(document, info)))
                throw Invalid(
                    property,
                    $"the name '{value}' of '{TypeName.Of(info.Type)}' is read from JSON as "
                    + "another one; give the names of an enum more than a difference of case.");
        }
    }

    private void CheckObject(JsonTypeInfo info, string? property)
    {
        foreach (JsonDerivedType derived in info.PolymorphismOptions?.DerivedTypes ?? [])
        {
            if (derived.TypeDiscriminator is null && derived.DerivedType != info.Type)
                throw Invalid(
                    property,
                    $"'{TypeName.Of(derived.DerivedType)}' is declared on "
                    + $"'{TypeName.Of(info.Type)}' without a name, so that it would be read as its "
                    + "base type; give [JsonDerivedType] a second argument.");
        }

        bool isPolymorphic = info.PolymorphismOptions is { DerivedTypes.Count: > 0 };
        if (!(isPolymorphic && info.Type.IsAbstract)) CheckConstructor(info, property);

        CheckSomethingIsStored(info, property);
        string? member = property ?? info.Properties
            .Where(static each => each.IsExtensionData).Select(MemberName).FirstOrDefault();
        if (info.Properties.Any(static each => each.IsExtensionData))
            throw Invalid(
                member,
                "[JsonExtensionData] does not come back as it was, an empty one as null; make it a "
                + "dictionary without the attribute.");

        var state = new StateRules(info);
        if (state.Find() is { } broken) throw Invalid(property ?? broken.Member, broken.Rule);
    }

    private void CheckConstructor(JsonTypeInfo info, string? property)
    {
        if (info.CreateObject is not null) return;
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
    /// Some types of the framework, such as BigInteger, keep all their state in private fields.
    /// </summary>
    private void CheckSomethingIsStored(JsonTypeInfo info, string? property)
    {
        // The rules of tables say more about the record type itself.
        if (info.Type == recordType || info.Type.IsAbstract || info.Properties.Count > 0) return;
        if (StoredState.FieldsOf(info.Type).Any(f => !f.IsPublic && f.Name[0] != '<'))
            throw Invalid(
                property,
                $"JSON would hold nothing of '{TypeName.Of(info.Type)}', which has no property "
                + "that can be set; use another type.");
    }

    private static string MemberName(JsonPropertyInfo member)
        => (member.AttributeProvider as MemberInfo)?.Name ?? member.Name;

    private InvalidTableException Invalid(string? property, string rule)
        => new(TypeName.Of(recordType), property, rule);
}
