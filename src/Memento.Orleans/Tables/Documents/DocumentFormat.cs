using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Memento.Tables.Documents;

/// <summary>
/// How records are written as JSON. Stored data depends on every line of it for years.
/// </summary>
internal static class DocumentFormat
{
    /// <summary>The levels of objects and collections in a record, itself included.</summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// The bytes of a document. A message of Orleans has at most 100 MiB, and a record has to fit
    /// into one.
    /// </summary>
    public const int MaxBytes = 67_108_864;

    /// <summary>
    /// Read-only. It is shared by all tables, because it caches what it learns about types.
    /// </summary>
    public static readonly JsonSerializerOptions Options = Create();

    /// <summary>Whether a value of the property can be set when an object is read.</summary>
    public static bool CanBeRead(JsonPropertyInfo property)
        => property.Set is not null
            || property.AssociatedParameter is not null
            || property.ObjectCreationHandling == JsonObjectCreationHandling.Populate;

    /// <summary>
    /// Whether the type is an ImmutableArray, whose default is not an empty array.
    /// </summary>
    public static bool IsImmutableArray(Type type)
        => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>);

    private static JsonSerializerOptions Create()
    {
        var resolver = new DefaultJsonTypeInfoResolver
        {
            Modifiers =
            {
                LeaveOutComputedProperties, ReadOldDocuments, WriteEveryValue,
            },
        };
        var options = new JsonSerializerOptions
        {
            TypeInfoResolver = resolver,

            // A name tells a reader of the rows what a number means, and survives a reordering of
            // the enum.
            Converters =
            {
                new JsonStringEnumConverter(),
                new FaithfulStringConverter(),
                new FaithfulCharConverter(),
                new FaithfulUriConverter(),
            },
            MaxDepth = MaxDepth,

            // A storage may change the order of the properties in an object.
            AllowOutOfOrderMetadataProperties = true,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,

            // Documents are never put into HTML; without escapes, text that is not ASCII stays
            // legible and short.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.MakeReadOnly();
        return options;
    }

    /// <summary>
    /// A property that cannot be read back is not data: a written value would only become stale.
    /// </summary>
    private static void LeaveOutComputedProperties(JsonTypeInfo type)
    {
        for (int i = type.Properties.Count - 1; i >= 0; i--)
        {
            // An ignored property has no getter here, and stays, because a constructor may bind to
            // it.
            if (type.Properties[i].Get is not null && !CanBeRead(type.Properties[i]))
                type.Properties.RemoveAt(i);
        }
    }

    /// <summary>
    /// A document that was written before a required property was added, or before a property was
    /// removed, stays readable.
    /// </summary>
    private static void ReadOldDocuments(JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.Object)
            type.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        foreach (JsonPropertyInfo property in type.Properties)
            property.IsRequired = false;
    }

    /// <summary>
    /// Attributes that change how JSON looks to others would lose values here: a null that is left
    /// out comes back as the property's initial value, and a number in quotes is not read.
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

            // An ImmutableArray that was never set is left out. It stays unset in a document that
            // was written before the property was added.
            if (IsImmutableArray(property.PropertyType))
            {
                object unset = Activator.CreateInstance(property.PropertyType)!;
                property.ShouldSerialize = (_, value) => !unset.Equals(value);
            }
        }
    }
}

/// <summary>
/// Measures a document without keeping it: a document that is too long may be longer than the
/// memory.
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
