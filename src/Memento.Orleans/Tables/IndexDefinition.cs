using Memento.Keys;

namespace Memento.Tables;

/// <summary>
/// An index of a table. It has one entry for each record: the values one after the other, each
/// after its <see cref="ValueTag"/>, and then the key of the record.
/// </summary>
internal abstract class IndexDefinition
{
    private readonly KeyTuple? _tuple;

    private protected IndexDefinition(
        IReadOnlyList<RecordProperty> properties, bool unique, int ordinal)
    {
        Info = new IndexInfo([.. properties.Select(property => property.Name)], unique);
        Name = Info.Name;
        Properties = properties;
        Parts = [.. properties.Select(static property => property.ToKeyPart())];
        Ordinal = ordinal;
        Reference = IndexReference.To(IndexSchema.Of(this));
        if (properties.Count > 1)
            _tuple = KeyTuple.Of([.. properties.Select(property => property.ValueType)]);
    }

    /// <summary>The description for callers.</summary>
    public IndexInfo Info { get; }

    /// <summary>The name, which no other index of the table has.</summary>
    public string Name { get; }

    /// <summary>The indexed properties, in the order of the index.</summary>
    public IReadOnlyList<RecordProperty> Properties { get; }

    /// <summary>The encoding of each of the properties.</summary>
    public IReadOnlyList<KeyPart> Parts { get; }

    public bool Unique => Info.Unique;

    /// <summary>The name of the index for other processes.</summary>
    public IndexReference Reference { get; }

    /// <summary>
    /// The number of the index in its table and process, 0 or more. No other index ever gets the
    /// same number.
    /// </summary>
    public int Ordinal { get; }

    /// <summary>The key space of its entries: the values of the records of a partition.</summary>
    public KeySpace Entries => KeySpace.EntriesOf(Ordinal);

    /// <summary>
    /// The key space of the values of a unique index, each with the key of its record.
    /// </summary>
    public KeySpace Values => KeySpace.ValuesOf(Ordinal);

    /// <param name="recordType">The record type.</param>
    /// <param name="properties">Properties whose types can be in an index.</param>
    /// <param name="unique">Whether two records must not have the same values.</param>
    /// <param name="ordinal">Its place among the indexes of the table.</param>
    public static IndexDefinition Create(
        Type recordType, IReadOnlyList<RecordProperty> properties, bool unique, int ordinal)
        => (IndexDefinition)Activator.CreateInstance(
            typeof(IndexDefinition<>).MakeGenericType(recordType), properties, unique, ordinal)!;

    /// <summary>Encodes the entry of a record, followed by its key.</summary>
    /// <param name="record">The record.</param>
    /// <param name="key">Its key; in a bag, with the number after the key.</param>
    public abstract byte[] EncodeEntry(object record, ReadOnlySpan<byte> key);

    /// <summary>
    /// Whether the entry equals the result of <see cref="EncodeEntry"/>. Allocates nothing.
    /// </summary>
    public abstract bool HasEntry(object record, ReadOnlySpan<byte> key, ReadOnlySpan<byte> entry);

    /// <summary>
    /// Encodes the values for a unique index: one after the other, without tags. False if a value
    /// is null or NaN, which any number of records may have.
    /// </summary>
    public abstract bool TryEncodeUnique(object record, out byte[] value);

    /// <summary>
    /// Converts the values of an entry, without its key, to the form of
    /// <see cref="TryEncodeUnique"/>. False if a value is null or NaN.
    /// </summary>
    public bool TryReadUnique(ReadOnlySpan<byte> entry, out byte[] value)
    {
        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        KeyReader reader = new(entry);
        value = [];
        foreach (KeyPart part in Parts)
        {
            if (reader.Read(1)[0] != ValueTag.Value) return false;

            ReadOnlySpan<byte> rest = reader.Rest;
            _ = part.Component.ReadBoxed(ref reader);
            writer.Write(rest[..^reader.Rest.Length]);
        }

        value = writer.Written.ToArray();
        return true;
    }

    /// <summary>The value of a record, or a tuple of several values. No value is null.</summary>
    public object ValueOf(object record)
        => _tuple is null
            ? Properties[0].GetValue(record)!
            : _tuple.Create([.. Properties.Select(property => property.GetValue(record)!)]);
}

/// <summary>An index that encodes the values of a record without boxing them.</summary>
internal sealed class IndexDefinition<TRecord> : IndexDefinition
    where TRecord : class
{
    private readonly IndexPart<TRecord>[] _parts;

    public IndexDefinition(IReadOnlyList<RecordProperty> properties, bool unique, int ordinal)
        : base(properties, unique, ordinal)
        => _parts =
        [
            .. properties.Select((property, index) => property.Accept(
                new PartMaker(Parts[index].Component))),
        ];

    public override byte[] EncodeEntry(object record, ReadOnlySpan<byte> key)
    {
        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        WriteEntry(ref writer, record, key);
        return writer.Written.ToArray();
    }

    public override bool HasEntry(
        object record, ReadOnlySpan<byte> key, ReadOnlySpan<byte> entry)
    {
        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        WriteEntry(ref writer, record, key);
        return writer.Written.SequenceEqual(entry);
    }

    public override bool TryEncodeUnique(object record, out byte[] value)
    {
        var typed = (TRecord)record;
        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        foreach (IndexPart<TRecord> part in _parts)
        {
            if (!part.TryWriteValue(ref writer, typed))
            {
                value = [];
                return false;
            }
        }

        value = writer.Written.ToArray();
        return true;
    }

    private void WriteEntry(ref KeyWriter writer, object record, ReadOnlySpan<byte> key)
    {
        var typed = (TRecord)record;
        foreach (IndexPart<TRecord> part in _parts)
            part.Write(ref writer, typed);

        writer.Write(key);
    }

    private sealed class PartMaker(KeyComponent component) : IPropertyVisitor<IndexPart<TRecord>>
    {
        public IndexPart<TRecord> Visit<TOwner, TValue>(RecordProperty<TOwner, TValue> property)
            where TOwner : class
            where TValue : notnull
            => IndexPart<TRecord>.Of(component, property.TryGet);
    }
}
