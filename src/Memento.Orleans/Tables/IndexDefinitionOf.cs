using Memento.Keys;

namespace Memento.Tables;

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
