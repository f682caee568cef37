using System.Buffers;
using System.Collections.Immutable;
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
    /// <summary>Levels of objects and collections in a record, itself included.</summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// Bytes of a document: a message of Orleans takes 100 MiB, and a record has to fit into one.
    /// </summary>
    public const int MaxBytes = 67_108_864;

    /// <summary>
    /// Read-only; one for all tables, because it caches what it learns about types.
    /// </summary>
    public static readonly JsonSerializerOptions Options = Create();

    /// <summary>Whether a value of the property can be put back into an object.</summary>
    public static bool CanBeRead(JsonPropertyInfo property)
        => property.Set is not null
            || property.AssociatedParameter is not null
            || property.ObjectCreationHandling == JsonObjectCreationHandling.Populate;

    /// <summary>Whether it is of the type whose default is not even empty.</summary>
    public static bool IsImmutableArray(Type type)
        => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>);

    private static JsonSerializerOptions Create()
    {
        var resolver = new DefaultJsonTypeInfoResolver
        {
            Modifiers =
            {
                LeaveOutComputedProperties, RelaxRequiredProperties, WriteEveryValue,
            },
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
                new FaithfulUriConverter(),
            },
            MaxDepth = MaxDepth,

            // A storage may order what is in an object in its own way.
            AllowOutOfOrderMetadataProperties = true,
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

    /// <summary>
    /// Attributes that say how JSON is to look for others would lose values here: a null that is
    /// left out comes back as the property's initial value, a number in quotes is not read.
    /// </summary>
    private static void WriteEveryValue(JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.Object) type.NumberHandling = null;
        foreach (JsonPropertyInfo property in type.Properties)
        {
            property.NumberHandling = null;
            if (property.Get is null || property.IsExtensionData) continue;

            JsonIgnoreCondition? condition = property.AttributeProvider
                ?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true)
                .OfType<JsonIgnoreAttribute>().SingleOrDefault()?.Condition;
            if (condition is JsonIgnoreCondition.WhenWritingNull
                or JsonIgnoreCondition.WhenWritingDefault)
                property.ShouldSerialize = static (_, _) => true;

            // One that was never set is left out; a document from before the property was added
            // leaves it so.
            if (IsImmutableArray(property.PropertyType))
            {
                object unset = Activator.CreateInstance(property.PropertyType)!;
                property.ShouldSerialize = (_, value) => !unset.Equals(value);
            }
        }
    }
}

/// <summary>
/// Measures a document without keeping it: one that is too long may be longer than the memory.
/// </summary>
internal sealed class DocumentLength : IBufferWriter<byte>
{
    private const int BufferBytes = 65_536;

    private byte[] _buffer = new byte[BufferBytes];
    private long _length;

    public static long Of<T>(T record, JsonTypeInfo<T> type)
    {
        var length = new DocumentLength();
        using var writer = new Utf8JsonWriter(length, new JsonWriterOptions
        {
            Encoder = DocumentFormat.Options.Encoder,
            MaxDepth = DocumentFormat.MaxDepth,
        });
        JsonSerializer.Serialize(writer, record, type);
        writer.Flush();
        return length._length;
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (sizeHint > _buffer.Length) _buffer = new byte[sizeHint];
        return _buffer;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
