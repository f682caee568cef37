using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Memento.Tables.Documents;

/// <summary>The types of the values in documents of a type.</summary>
internal static class DocumentTypes
{
    /// <summary>The types of its own values, without the types inside those.</summary>
    public static IEnumerable<Type> In(JsonTypeInfo info)
    {
        if (info.KeyType is { } key) yield return key;
        if (info.ElementType is { } item) yield return item;
        foreach (JsonPropertyInfo member in info.Properties)
        {
            if (member is { Get: not null, CustomConverter: null })
                yield return member.PropertyType;
        }

        foreach (JsonDerivedType derived in info.PolymorphismOptions?.DerivedTypes ?? [])
        {
            if (derived.DerivedType != info.Type) yield return derived.DerivedType;
        }
    }
}

/// <summary>The form of a type in a document.</summary>
internal enum DocumentKind
{
    /// <summary>One value that comes back unchanged.</summary>
    Value,

    /// <summary>The output of a converter of the application, or JSON itself.</summary>
    Own,

    /// <summary>An object with properties.</summary>
    Object,

    /// <summary>Items in an order.</summary>
    List,

    /// <summary>Keys with values.</summary>
    Dictionary,
}

/// <summary>Tells the kinds apart.</summary>
internal static class DocumentKinds
{
    public static DocumentKind Of(JsonTypeInfo info) => info.Kind switch
    {
        JsonTypeInfoKind.Object => DocumentKind.Object,
        JsonTypeInfoKind.Dictionary => DocumentKind.Dictionary,
        JsonTypeInfoKind.Enumerable => IsMemory(info.Type) ? DocumentKind.Own : DocumentKind.List,
        _ => IsOwn(info) ? DocumentKind.Own : DocumentKind.Value,
    };

    private static bool IsMemory(Type type)
        => type.IsValueType && type.IsGenericType
            && type.GetGenericTypeDefinition() is { } open
            && (open == typeof(Memory<>) || open == typeof(ReadOnlyMemory<>));

    private static bool IsOwn(JsonTypeInfo info)
        => info.Type == typeof(JsonElement) || info.Type == typeof(JsonDocument)
            || typeof(JsonNode).IsAssignableFrom(info.Type)
            || !(info.Converter.GetType().Assembly is { } assembly
                && (assembly == typeof(JsonSerializer).Assembly
                    || assembly == typeof(DocumentFormat).Assembly));
}

/// <summary>Tells the types of .NET from those of applications.</summary>
internal static class Framework
{
    public static bool Has(Type type)
    {
        string name = type.Assembly.GetName().Name!;
        return type.Assembly == typeof(object).Assembly
            || name.StartsWith("System.", StringComparison.Ordinal);
    }
}
