using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using Memento.Keys;
using Memento.Tables.Documents;

namespace Memento.Tables;

/// <summary>
/// A table as its type, attributes and options define it, and the operations on its records.
/// Immutable, except for the indexes that are added and removed while the program runs.
/// <see cref="TableDefinitionReader"/> makes it and has checked it.
/// </summary>
internal abstract class TableDefinition
{
    public const int MinPartitionCount = 1;
    public const int MaxPartitionCount = 1024;
    public const int MaxNameLength = 63;

    private readonly FrozenDictionary<string, RecordProperty> _propertiesByName;
    private readonly Lock _gate = new();
    private readonly IndexSet _declared;
    private ImmutableArray<IndexDefinition> _made = [];
    private volatile IndexSet _indexes;

    private protected TableDefinition(Type recordType, TableDefinitionParts parts)
    {
        RecordType = recordType;
        DerivedTypes = Tables.DerivedTypes.Of(recordType).ToFrozenSet();
        Name = parts.Name;
        Type = parts.Type;
        Storage = parts.Storage;
        AutoIncrement = parts.AutoIncrement;
        PartitionCount = parts.PartitionCount;
        PartitionNumbers = [.. Enumerable.Range(0, PartitionCount)];
        Properties =
            [.. parts.Properties.Select(info => RecordPropertyFactory.Create(recordType, info))];
        KeyProperties = [.. Properties.Take(parts.KeyLength)];
        _propertiesByName = Properties.ToFrozenDictionary(
            property => property.Name, StringComparer.Ordinal);
        _indexes = _declared = new IndexSet([.. parts.Indexes.Select(MakeIndex)]);
        KeyCodec = KeyCodec.Create(
            Name, [.. KeyProperties.Select(static property => property.ToKeyPart())]);
        Registration = TableRegistration.Of(ToSchema());
    }

    public string Name { get; }

    public Type RecordType { get; }

    /// <summary>The derived types of records that the record type names besides itself.</summary>
    public FrozenSet<Type> DerivedTypes { get; }

    public TableType Type { get; }

    public TableStorage Storage { get; }

    public bool AutoIncrement { get; }

    public int PartitionCount { get; }

    /// <summary>The numbers from 0; no caller may change the array.</summary>
    public int[] PartitionNumbers { get; }

    /// <summary>The stored properties, the key's first.</summary>
    public IReadOnlyList<RecordProperty> Properties { get; }

    public IReadOnlyList<RecordProperty> KeyProperties { get; }

    /// <summary>The current indexes, as far as this process knows.</summary>
    public IndexSet IndexSet => _indexes;

    /// <inheritdoc cref="IndexSet"/>
    public IReadOnlyList<IndexDefinition> Indexes => _indexes.All;

    /// <summary>The unique indexes.</summary>
    public IReadOnlyList<IndexDefinition> UniqueIndexes => _indexes.Unique;

    public KeyCodec KeyCodec { get; }

    /// <summary>The part of the definition that clients and silos have to agree about.</summary>
    public TableRegistration Registration { get; }

    public RecordProperty? FindProperty(string name) => _propertiesByName.GetValueOrDefault(name);

    /// <summary>Finds a current index that a caller names.</summary>
    /// <exception cref="ArgumentException">There is no such index.</exception>
    public IndexDefinition RequireIndex(string name)
        => _indexes.Find(name) ?? throw new ArgumentException(
            $"Table '{Name}' has no index '{name}'. "
            + (Indexes.Count == 0
                ? "It has no index at all."
                : "Its indexes are "
                    + $"{string.Join(", ", Indexes.Select(static index => index.Name))}."),
            nameof(name));

    /// <summary>
    /// The name of a key space in the durable storage: of the records, or of the values of a unique
    /// index. The entries of indexes are not stored.
    /// </summary>
    public string StorageName(KeySpace space)
        => space.IsRecords ? Name : StorageNames.OfUniqueIndex(Name, IndexAt(space).Name);

    /// <summary>An index that the table has, had, or is about to have.</summary>
    public IndexDefinition IndexAt(int ordinal) => _made[ordinal];

    /// <summary>The index whose values or entries a key space has.</summary>
    public IndexDefinition IndexAt(KeySpace space)
        => space.Index is { } ordinal
            ? IndexAt(ordinal)
            : throw new UnreachableException($"The {space} of '{Name}' are not of an index.");

    /// <summary>
    /// Makes an index, or returns the same index if it was made before. The table has it only after
    /// <see cref="LearnIndexes"/>.
    /// </summary>
    public IndexDefinition MakeIndex(IndexInfo info)
    {
        lock (_gate)
        {
            foreach (IndexDefinition made in _made)
            {
                if (made.Info.Equals(info)) return made;
            }

            RecordProperty[] properties = [.. info.Properties.Select(
                name => _propertiesByName[name])];
            IndexDefinition index = IndexDefinition.Create(
                RecordType, properties, info.Unique, ordinal: _made.Length);
            _made = _made.Add(index);
            return index;
        }
    }

    /// <summary>Checks that the index could be added to the indexes of the table.</summary>
    /// <exception cref="ArgumentException">The index breaks a rule.</exception>
    public void CheckIndex(IndexInfo info)
    {
        var options = new TableOptions();
        foreach (IndexInfo index in Indexes.Select(static index => index.Info).Append(info))
        {
            _ = index.Unique
                ? options.AddUniqueIndex(index.Properties)
                : options.AddIndex(index.Properties);
        }

        PropertyInfo[] stored = [.. Properties.Select(static property => property.Info)];
        try
        {
            new IndexReader(RecordType, options, Type, stored, stored[..KeyProperties.Count])
                .Read();
        }
        catch (InvalidTableException exception)
        {
            throw new ArgumentException(exception.Message, nameof(info), exception);
        }
    }

    /// <summary>
    /// Takes over the indexes that the catalog tells, unless newer ones are known here.
    /// </summary>
    /// <exception cref="MementoException">
    /// The record type of this process does not have the indexed properties.
    /// </exception>
    public void LearnIndexes(long version, IReadOnlyList<IndexSchema> indexes)
    {
        foreach (IndexSchema index in indexes)
        {
            if (HasValuesOf(index) && IndexSchema.Of(MakeIndex(index.Info)) == index) continue;

            throw new MementoException(
                $"Table '{Name}' has an index on '{index.Property}' ({index.Type}), which type "
                + $"'{TypeName.Of(RecordType)}' of this process does not have so. Register the "
                + "same record type in clients and silos.");
        }

        Use(new IndexSet(indexes.Select(static index => index.Info).Select(MakeIndex), version));
    }

    /// <summary>Returns to the indexes that the type and the options declare.</summary>
    public void UseDeclaredIndexes(long version) => Use(new IndexSet(_declared.All, version));

    /// <summary>Whether the record type has the properties, and they can be indexed.</summary>
    public bool HasValuesOf(IndexSchema index)
        => index.Info.Properties.All(name =>
            FindProperty(name) is { } property && KeyComponents.TryGet(property.Type, out _));

    private void Use(IndexSet indexes)
    {
        lock (_gate)
        {
            if (indexes.Version > _indexes.Version) _indexes = indexes;
        }
    }

    /// <summary>The partition that has the records of a key.</summary>
    public int PartitionOf(Key key) => (int)(key.Hash % (uint)PartitionCount);

    /// <summary>The key of a record.</summary>
    /// <exception cref="ArgumentException">A part of it is null or NaN.</exception>
    public abstract Key KeyOf(object record);

    /// <summary>
    /// The bytes of a key as callers know it, which are locked: in a bag, without the number behind
    /// them that tells the records of a key apart.
    /// </summary>
    public byte[] WithoutNumber(byte[] stored)
        => Type == TableType.Bag ? KeyBytes.WithoutSuffix(stored).ToArray() : stored;

    /// <summary>
    /// The key of a record in the form for callers: a value, or a tuple of several values.
    /// </summary>
    /// <exception cref="ArgumentException">A part of it is null or NaN.</exception>
    public object KeyValueOf(object record) => KeyCodec.Decode(KeyOf(record));

    /// <summary>
    /// Checks that a record is of the table's type, or of a derived type that the table's type
    /// names.
    /// </summary>
    /// <exception cref="ArgumentException">The record is of another type.</exception>
    public void RequireRecordType(object? record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Type type = record.GetType();
        if (type == RecordType || DerivedTypes.Contains(type)) return;

        string given = TypeName.Of(type);
        string expected = TypeName.Of(RecordType);
        throw new ArgumentException(
            $"A record of type '{given}' cannot be in table '{Name}', whose records are exactly of "
            + $"type '{expected}'{(DerivedTypes.Count == 0 ? "" : " or of a type that it names")}: "
            + $"what '{given}' has besides would be lost. Write a '{expected}', or register "
            + $"'{given}' as a table of its own. To have both in this table, declare "
            + $"[JsonDerivedType(typeof({given}), \"a name\")] on '{expected}'.",
            nameof(record));
    }

    /// <summary>Checks that a record comes back equal from the table.</summary>
    /// <exception cref="ArgumentException">
    /// The record is not of the table's type, or has a value that its document cannot have.
    /// </exception>
    public void ValidateRecord(object? record)
    {
        RequireRecordType(record);
        CheckContent(record!);
    }

    private protected abstract void CheckContent(object record);

    /// <summary>
    /// A record that the holder of the other one cannot change; the same record if it is immutable.
    /// It has the values of its document, and no more.
    /// </summary>
    public abstract object Copy(object record);

    /// <summary>
    /// Like <see cref="Copy"/>, for a record of the store: such a copy, or a record that was read
    /// from its document.
    /// </summary>
    public abstract object CopyStored(object record);

    /// <summary>The most expensive way to copy a record of the application.</summary>
    public abstract CopyMode CopyMode { get; }

    /// <summary>The record's document, JSON in UTF-8.</summary>
    /// <exception cref="ArgumentException">
    /// The record has a value that JSON cannot have.
    /// </exception>
    public abstract byte[] Serialize(object record);

    /// <summary>Reads a document that another silo sent, or this process made.</summary>
    /// <exception cref="System.Text.Json.JsonException">
    /// The bytes are not a document of this table.
    /// </exception>
    public abstract object Deserialize(ReadOnlySpan<byte> document);

    /// <summary>
    /// Whether two records have the same document. That is the meaning of equal here.
    /// </summary>
    public bool SameDocument(object left, object right)
        => ReferenceEquals(left, right)
            || Serialize(left).AsSpan().SequenceEqual(Serialize(right));

    /// <summary>The identity of a record among the records of one key of a bag.</summary>
    public UInt128 DocumentIdentity(object record) => DocumentIdentity(Serialize(record));

    /// <summary>The first 16 bytes of the document's SHA-256.</summary>
    public static UInt128 DocumentIdentity(ReadOnlySpan<byte> document)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(document, hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>
    /// Whether the table has to give the record its key, because the key is 0 or null.
    /// </summary>
    public abstract bool NeedsKey(object record);

    /// <summary>A copy of the record with this key; no other code has the copy.</summary>
    /// <exception cref="MementoException">The number does not fit into the key.</exception>
    public abstract object WithKey(object record, long key);

    /// <summary>
    /// The highest number that a key can be; 0 if the table does not number its records.
    /// </summary>
    public abstract long HighestNumber { get; }

    /// <summary>The key of a record as a number, if the table numbers its records.</summary>
    public abstract bool TryGetNumber(object record, out long number);

    /// <summary>
    /// The number in the key bytes of a record of a table that numbers its records.
    /// </summary>
    public abstract long ReadNumber(ReadOnlySpan<byte> key);

    /// <summary>
    /// An estimate of the bytes that a record takes in memory: its fields as the type lays them
    /// out, strings and byte arrays by their length, collections by their count, other objects by a
    /// guess.
    /// </summary>
    public abstract long EstimateSize(object record);

    /// <summary>Calls the visitor with the record type as a type parameter.</summary>
    public abstract TResult Accept<TResult>(ITableVisitor<TResult> visitor);

    /// <summary>The description of the table for the catalog, with the declared indexes.</summary>
    public TableSchema ToSchema() => new()
    {
        Name = Name,
        Type = Type,
        Storage = Storage,
        AutoIncrement = AutoIncrement,
        PartitionCount = PartitionCount,
        Attributes = [.. Properties.Select(property => property.Name)],
        Key =
        [
            .. KeyProperties.Select(
                property => new KeySchema(property.Name, EncodingName.Of(property.ValueType))),
        ],
        Indexes = [.. _declared.All.Select(IndexSchema.Of)],
    };
}
