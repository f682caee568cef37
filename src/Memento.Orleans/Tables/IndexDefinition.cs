using Memento.Keys;

namespace Memento.Tables;

/// <summary>
/// An index of a table: of each record it has one entry, the parts one after the other, each behind
/// its <see cref="ValueTag"/>, and the record's key behind them.
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

    /// <summary>What callers are told of it.</summary>
    public IndexInfo Info { get; }

    /// <summary>The name, which no other index of the table has.</summary>
    public string Name { get; }

    /// <summary>What is indexed, in the order of the index.</summary>
    public IReadOnlyList<RecordProperty> Properties { get; }

    /// <summary>The encoding of each of the properties.</summary>
    public IReadOnlyList<KeyPart> Parts { get; }

    public bool Unique => Info.Unique;

    /// <summary>How other processes are told of it.</summary>
    public IndexReference Reference { get; }

    /// <summary>
    /// The index's number in its table and process, 0 or more; no other index ever gets it.
    /// </summary>
    public int Ordinal { get; }

    /// <summary>Where its entries are: the values of the records of a partition.</summary>
    public KeySpace Entries => KeySpace.EntriesOf(Ordinal);

    /// <summary>Where the values of a unique index are, each with the key of its record.</summary>
    public KeySpace Values => KeySpace.ValuesOf(Ordinal);

    /// <param name="recordType">The record type.</param>
    /// <param name="properties">Properties of types that can be in an index.</param>
    /// <param name="unique">Whether no two records may have the same values.</param>
    /// <param name="ordinal">Its place among the indexes of the table.</param>
    public static IndexDefinition Create(
        Type recordType, IReadOnlyList<RecordProperty> properties, bool unique, int ordinal)
        => (IndexDefinition)Activator.CreateInstance(
            typeof(IndexDefinition<>).MakeGenericType(recordType), properties, unique, ordinal)!;

    /// <summary>Encodes the entry of a record, behind which stands its key.</summary>
    /// <param name="record">The record.</param>
    /// <param name="key">
    /// Its key; of a bag with the number that tells records of one key apart.
    /// </param>
    public abstract byte[] EncodeEntry(object record, ReadOnlySpan<byte> key);

    /// <summary>Whether that is what <see cref="EncodeEntry"/> gives; allocates nothing.</summary>
    public abstract bool HasEntry(object record, ReadOnlySpan<byte> key, ReadOnlySpan<byte> entry);

    /// <summary>
    /// Encodes the values as a unique index keeps them: one after the other, without tags. False
    /// where one is null or NaN, which any number of records may have.
    /// </summary>
    public abstract bool TryEncodeUnique(object record, out byte[] value);

    /// <summary>
    /// Takes the values of an entry without its key to what <see cref="TryEncodeUnique"/> makes of
    /// them; false where one is null or NaN.
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

    /// <summary>A record's value, or a tuple of several; none of which is null.</summary>
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
