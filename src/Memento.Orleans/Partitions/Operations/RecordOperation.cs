using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>
/// An operation that brings a record. In a message the record is its document, whatever serializer
/// attributes its type has.
/// </summary>
[GenerateSerializer]
[Alias("Memento.RecordOperation")]
internal abstract class RecordOperation(Key key, object record, ulong indexes)
    : KeyOperation(key, writes: true)
{
    [NonSerialized]
    private readonly object? _given = record;

    [NonSerialized]
    private object? _record;

    [NonSerialized]
    private bool _isOwn;

    [Id(0)]
    public byte[]? Document { get; private set; }

    /// <summary>Tells which indexes the writer knows of (<see cref="IndexSet.Stamp"/>).</summary>
    [Id(1)]
    public ulong Indexes { get; } = indexes;

    /// <summary>The record as the store takes it, if it is prepared; otherwise as it was given.</summary>
    public object Taken => _record ?? _given!;

    /// <summary>The record, which nobody outside the store can change.</summary>
    protected object Record => _record!;

    public override void Pack(TableDefinition table) => Document ??= table.Serialize(_given!);

    public override void Prepare(TableDefinition table)
    {
        if (!_isOwn)
        {
            _record = _given is null ? Unpack(table) : table.Copy(_given);
            _isOwn = true;
        }

        if (table.Storage == TableStorage.Disk) Document ??= table.Serialize(Record);
    }

    /// <summary>What came in a message is checked: another key would make the record unfindable.</summary>
    private object Unpack(TableDefinition table)
    {
        object record = table.Deserialize(Document);
        if (table.KeyOf(record) == Key) return record;

        throw new ArgumentException(
            $"A message brought a record of table '{table.Name}' under a key that is not the record's. "
            + "Use the same record type in clients and silos.");
    }
}
