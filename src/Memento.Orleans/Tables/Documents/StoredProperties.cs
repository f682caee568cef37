using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Memento.Tables.Documents;

/// <summary>The properties that documents keep of a type.</summary>
internal static class StoredProperties
{
    /// <summary>
    /// In the order in which documents keep them; none of a type that is no object.
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
    /// The property; also the key or value of a dictionary's entry, which documents keep although
    /// an entry is no object in them.
    /// </summary>
    public static PropertyInfo? Find(Type type, string name)
        => IsEntry(type)
            ? type.GetProperty(name)
            : Of(type).Find(property => property.Name == name);

    private static bool IsEntry(Type type)
        => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);
}
