using System.Text.Json.Serialization.Metadata;

namespace Memento.Tables.Documents;

/// <summary>The types that documents of a type hold.</summary>
internal static class DocumentTypes
{
    /// <summary>The types that it holds itself; what these hold is theirs.</summary>
    public static IEnumerable<Type> In(JsonTypeInfo info)
    {
        if (info.KeyType is { } key) yield return key;
        if (info.ElementType is { } item) yield return item;
        foreach (JsonPropertyInfo member in info.Properties)
        {
            if (member is { Get: not null, CustomConverter: null }) yield return member.PropertyType;
        }

        foreach (JsonDerivedType derived in info.PolymorphismOptions?.DerivedTypes ?? [])
        {
            if (derived.DerivedType != info.Type) yield return derived.DerivedType;
        }
    }
}
