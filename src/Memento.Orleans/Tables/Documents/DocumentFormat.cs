using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Memento.Tables.Documents;

/// <summary>
/// How records are written as JSON. What is stored for years depends on every line.
/// </summary>
internal static class DocumentFormat
{
    /// <summary>
    /// Read-only; one for all tables, because it caches what it learns about types.
    /// </summary>
    public static readonly JsonSerializerOptions Options = Create();

    /// <summary>Whether a value of the property can be put back into an object.</summary>
    public static bool CanBeRead(JsonPropertyInfo property)
        => property.Set is not null
            || property.AssociatedParameter is not null
            || property.ObjectCreationHandling == JsonObjectCreationHandling.Populate;

    private static JsonSerializerOptions Create()
    {
        var resolver = new DefaultJsonTypeInfoResolver
        {
            Modifiers = { LeaveOutComputedProperties, RelaxRequiredProperties },
        };
        var options = new JsonSerializerOptions
        {
            TypeInfoResolver = resolver,

            // Names say what a number means to whoever reads the rows with SQL, and survive
            // reordering.
            Converters =
            {
                new JsonStringEnumConverter(),
                new FaithfulStringConverter(),
                new FaithfulCharConverter(),
            },
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,

            // Documents are never pasted into HTML; what is not ASCII stays legible and short.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.MakeReadOnly();
        return options;
    }

    /// <summary>
    /// What cannot be read back is not data: writing it would only let it go stale.
    /// </summary>
    private static void LeaveOutComputedProperties(JsonTypeInfo type)
    {
        for (int i = type.Properties.Count - 1; i >= 0; i--)
        {
            // An ignored property has no getter here, and stays: a constructor may bind to it.
            if (type.Properties[i].Get is not null && !CanBeRead(type.Properties[i]))
                type.Properties.RemoveAt(i);
        }
    }

    /// <summary>Documents from before a required property was added stay readable.</summary>
    private static void RelaxRequiredProperties(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo property in type.Properties)
            property.IsRequired = false;
    }
}
