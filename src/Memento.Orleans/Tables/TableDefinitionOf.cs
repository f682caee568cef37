using Memento.Keys;
using Memento.Tables.Documents;

namespace Memento.Tables;

/// <summary>A table of one record type, with everything bound to that type once.</summary>
internal sealed class TableDefinition<T> : TableDefinition
    where T : class
{
    /// <summary>The header of an object and the pointer to its type.</summary>
    private const int ObjectOverhead = 16;

    private readonly RecordKeyPart<T>[] _keyParts;
    private readonly AutoIncrementKey<T>? _autoIncrement;
    private readonly DocumentSerializer<T> _serializer;
    private readonly RecordCopier<T> _copier;
    private readonly long _fixedSize;
    private readonly RecordProperty[] _referenceProperties;

    public TableDefinition(TableDefinitionParts parts)
        : base(typeof(T), parts)
    {
        _serializer = new DocumentSerializer<T>(Name);
        _copier = new RecordCopier<T>(_serializer);
        _keyParts =
        [
            .. KeyProperties.Select((property, index) => RecordKeyPart<T>.Create(
                Name, property, KeyCodec.Parts[index])),
        ];
        _autoIncrement = AutoIncrement
            ? AutoIncrementKey<T>.Create(Name, KeyProperties[0], KeyCodec.Parts[0].Component)
            : null;
        _fixedSize = ObjectOverhead + Properties.Sum(property => (long)property.InlineSize);
        _referenceProperties =
            [.. Properties.Where(property => !property.ValueType.IsValueType)];
    }

    public override CopyMode CopyMode => _copier.Mode;

    public override Key KeyOf(object record)
    {
        var typed = (T)record;
        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        foreach (RecordKeyPart<T> part in _keyParts)
            part.Write(ref writer, typed);

        return writer.ToKey();
    }

    public override object Copy(object record) => _copier.Copy((T)record);

    public override object CopyStored(object record) => _copier.CopyStored((T)record);

    private protected override void CheckContent(object record)
        => _serializer.Check((T)record, addsNumber: NeedsKey(record));

    public override byte[] Serialize(object record) => _serializer.Serialize((T)record);

    public override object Deserialize(ReadOnlySpan<byte> document)
        => _serializer.Deserialize(document);

    public override bool NeedsKey(object record)
        => _autoIncrement is not null
            && (!_autoIncrement.TryGet((T)record, out long number) || number == 0);

    public override object WithKey(object record, long key)
    {
        if (_autoIncrement is null)
            throw new InvalidOperationException($"Table '{Name}' does not number its records.");

        T copy = _copier.CopyToChange((T)record);
        _autoIncrement.Set(copy, key);
        return copy;
    }

    public override long HighestNumber => _autoIncrement?.Highest ?? 0;

    public override long ReadNumber(ReadOnlySpan<byte> key)
        => _autoIncrement?.Read(key)
            ?? throw new InvalidOperationException($"Table '{Name}' does not number its records.");

    public override bool TryGetNumber(object record, out long number)
    {
        number = 0;
        return _autoIncrement is not null && _autoIncrement.TryGet((T)record, out number);
    }

    public override TResult Accept<TResult>(ITableVisitor<TResult> visitor) => visitor.Visit(this);

    public override long EstimateSize(object record)
    {
        long size = _fixedSize;
        foreach (RecordProperty property in _referenceProperties)
            size += property.EstimateReferencedSize(record);

        return size;
    }
}
