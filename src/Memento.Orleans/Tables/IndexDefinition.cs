using Memento.Tables.Keys;

namespace Memento.Tables;

/// <summary>An index of a table, and how the values in it are encoded.</summary>
internal abstract class IndexDefinition(
    string table, RecordProperty property, bool unique, int ordinal)
{
    private readonly string _description = $"index '{property.Name}' of table '{table}'";

    /// <summary>The name, which is the property's.</summary>
    public string Name => Property.Name;

    public RecordProperty Property { get; } = property;

    public bool Unique { get; } = unique;

    /// <summary>The place of the index among those of its table, 0 or more.</summary>
    public int Ordinal { get; } = ordinal;

    /// <summary>The encoding of the index's values.</summary>
    public abstract KeyComponent Component { get; }

    public static IndexDefinition Create(
        string table, Type recordType, RecordProperty property, bool unique, int ordinal)
    {
        if (!KeyComponents.TryGet(property.Type, out KeyComponent? component))
            throw new InvalidTableException(
                TypeName.Of(recordType),
                property.Name,
                $"an index cannot be of type '{TypeName.Of(property.Type)}', only of "
                + $"{KeyComponents.Supported}. Remove the index or change the property's type.");

        return (IndexDefinition)Activator.CreateInstance(
            typeof(IndexDefinition<,>).MakeGenericType(recordType, property.ValueType),
            table,
            property,
            component,
            unique,
            ordinal)!;
    }

    /// <summary>
    /// Encodes a record's value; false where it is null or NaN, which are not indexed.
    /// </summary>
    public abstract bool TryEncode(object record, out byte[] value);

    /// <summary>Encodes a value that is looked up, as a caller passes it.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An integer that does not fit.</exception>
    /// <exception cref="ArgumentException">It is of another type, or NaN.</exception>
    public byte[] EncodeValue(object? value)
    {
        object converted = KeyConversion.Convert(value, Property.ValueType, _description);
        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        Component.WriteBoxed(ref writer, converted);
        return writer.Written.ToArray();
    }

    /// <summary>The value that was encoded.</summary>
    public object DecodeValue(ReadOnlySpan<byte> value)
    {
        KeyReader reader = new(value);
        object decoded = Component.ReadBoxed(ref reader);
        reader.EnsureEnd();
        return decoded;
    }
}
