using System.Reflection;
using System.Text.Json.Serialization;
using Memento.Keys;
using Memento.Tables.Documents;

namespace Memento.Tables;

/// <summary>Reads a table's definition from its type and options, and checks every rule.</summary>
internal sealed class TableDefinitionReader
{
    private const string KeyWithoutAttribute = "Id";

    private const BindingFlags AllProperties = BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Instance | BindingFlags.Static;

    private readonly Type _recordType;
    private readonly TableOptions _options;
    private readonly TableAttribute _attribute;

    private TableDefinitionReader(Type recordType, TableOptions? options)
    {
        _recordType = recordType;
        _options = options ?? new TableOptions();
        _attribute = recordType.GetCustomAttribute<TableAttribute>(inherit: false)
            ?? new TableAttribute();
    }

    /// <param name="recordType">The record type.</param>
    /// <param name="options">The options, which count over the attributes of the type.</param>
    /// <exception cref="InvalidTableException">A rule is broken.</exception>
    public static TableDefinition Read(Type recordType, TableOptions? options = null)
        => new TableDefinitionReader(recordType, options).Read();

    private TableDefinition Read()
    {
        CheckRecordType();
        string name = ReadName();
        TableType type = ReadEnum(_options.Type ?? _attribute.Type);
        TableStorage storage = ReadEnum(_options.Storage ?? _attribute.Storage);
        int partitionCount = ReadPartitionCount();
        var documents = new DocumentRules(_recordType);
        documents.CheckKind();
        List<PropertyInfo> stored = ReadStoredProperties();
        documents.Check();

        List<PropertyInfo> key = ReadKey(stored);
        List<PropertyInfo> attributes = [.. stored.Except(key)];
        if (attributes.Count == 0)
            throw Invalid(
                null,
                "it has no attribute besides its key; add a public property with a getter and a "
                + "setter.");

        bool autoIncrement = _options.AutoIncrement ?? _attribute.AutoIncrement;
        CheckKey(key, autoIncrement);
        if (autoIncrement) CheckAutoIncrement(type, key);

        var parts = new TableDefinitionParts
        {
            Name = name,
            Type = type,
            Storage = storage,
            AutoIncrement = autoIncrement,
            PartitionCount = partitionCount,
            Properties = [.. key, .. attributes],
            KeyLength = key.Count,
            Indexes = new IndexReader(_recordType, _options, type, stored, key).Read(),
        };
        return Create(parts);
    }

    private TableDefinition Create(TableDefinitionParts parts)
        => (TableDefinition)Activator.CreateInstance(
            typeof(TableDefinition<>).MakeGenericType(_recordType),
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.DoNotWrapExceptions,
            binder: null,
            args: [parts],
            culture: null)!;

    private void CheckRecordType()
    {
        string? kind = _recordType switch
        {
            { IsInterface: true } => "an interface",
            { IsAbstract: true, IsSealed: true } => "a static class",
            { IsAbstract: true } when !_recordType.IsDefined(
                typeof(JsonDerivedTypeAttribute), false)
                => "abstract",
            { IsValueType: true } => "a value type",
            { IsArray: true } => "an array",
            { ContainsGenericParameters: true } => "an open generic type",
            _ when typeof(Delegate).IsAssignableFrom(_recordType) => "a delegate",
            _ => null,
        };
        if (kind is not null)
            throw Invalid(
                null,
                $"it is {kind}; a table's records are of a class or record that can be made.");
    }

    private string ReadName()
    {
        string name = _options.Name ?? _attribute.Name ?? _recordType.Name;
        return TableName.BrokenRule(name) is { } rule ? throw Invalid(null, rule) : name;
    }

    private TEnum ReadEnum<TEnum>(TEnum value)
        where TEnum : struct, Enum
        => Enum.IsDefined(value)
            ? value
            : throw Invalid(
                null,
                $"{value} is no {typeof(TEnum).Name}; use one of "
                + $"{string.Join(", ", Enum.GetNames<TEnum>())}.");

    private int ReadPartitionCount()
    {
        const int Min = TableDefinition.MinPartitionCount;
        const int Max = TableDefinition.MaxPartitionCount;
        int count = _options.Partitions ?? _attribute.Partitions;
        return count is >= Min and <= Max
            ? count
            : throw Invalid(null, $"it has {count} partitions; use {Min} to {Max}.");
    }

    /// <summary>The stored properties, in the order of documents.</summary>
    private List<PropertyInfo> ReadStoredProperties()
    {
        List<PropertyInfo> stored = StoredProperties.Of(_recordType);
        CheckAttributesAreStored<PrimaryKeyAttribute>(stored, "a primary key");
        CheckAttributesAreStored<IndexAttribute>(stored, "an index");
        return stored;
    }

    private void CheckAttributesAreStored<TAttribute>(List<PropertyInfo> stored, string role)
        where TAttribute : Attribute
    {
        foreach (Type derived in DerivedTypes.Of(_recordType))
        {
            PropertyInfo? own = Array.Find(
                derived.GetProperties(AllProperties),
                property => property.IsDefined(typeof(TAttribute), inherit: true)
                    && !stored.Any(other => other.Name == property.Name));
            if (own is not null)
                throw Invalid(
                    own.Name,
                    $"{role} needs a property that all records of the table have, and "
                    + $"'{TypeName.Of(derived)}' has it alone; move it to "
                    + $"'{TypeName.Of(_recordType)}'.");
        }

        foreach (PropertyInfo property in _recordType.GetProperties(AllProperties))
        {
            bool isStored = stored.Any(other => other.Name == property.Name);
            if (!isStored && property.IsDefined(typeof(TAttribute), inherit: true))
                throw Invalid(
                    property.Name,
                    $"{role} needs a stored property; make it a public instance property with a "
                    + "getter and a setter ('init' will do) or a constructor parameter, without "
                    + "[JsonIgnore].");
        }
    }

    private List<PropertyInfo> ReadKey(List<PropertyInfo> stored)
    {
        var parts = new SortedDictionary<int, PropertyInfo>();
        foreach (PropertyInfo property in stored)
        {
            var part = property.GetCustomAttribute<PrimaryKeyAttribute>(inherit: true);
            if (part is not null && !parts.TryAdd(part.Order, property))
                throw Invalid(
                    property.Name,
                    $"its Order in the key, {part.Order}, is also that of "
                    + $"'{parts[part.Order].Name}'; give each part of a composite key an Order of "
                    + "its own, as in [PrimaryKey(Order = 1)].");
        }

        if (parts.Count > 0) return [.. parts.Values];

        PropertyInfo? id = stored.Find(property => property.Name == KeyWithoutAttribute);
        return id is not null
            ? [id]
            : throw Invalid(
                null,
                "it has no primary key; mark a property with [PrimaryKey], or name it "
                + $"'{KeyWithoutAttribute}'.");
    }

    private void CheckKey(List<PropertyInfo> key, bool autoIncrement)
    {
        foreach (PropertyInfo property in key)
        {
            if (!KeyComponents.TryGet(property.PropertyType, out _))
                throw Invalid(
                    property.Name,
                    $"a primary key cannot be of type '{TypeName.Of(property.PropertyType)}', only "
                    + $"of {KeyComponents.Supported}; change its type.");
            if (Nullable.GetUnderlyingType(property.PropertyType) is { } value && !autoIncrement)
                throw Invalid(
                    property.Name,
                    $"a primary key is never null, so that it cannot be '{TypeName.Of(value)}?'; "
                    + $"make it '{TypeName.Of(value)}', or set AutoIncrement, which replaces null "
                    + "by a number.");
        }
    }

    private void CheckAutoIncrement(TableType type, List<PropertyInfo> key)
    {
        PropertyInfo property = key[0];
        if (type != TableType.OrderedSet)
            throw Invalid(
                null,
                "AutoIncrement needs an ordered set; set Type = TableType.OrderedSet, or leave "
                + "AutoIncrement out.");
        if (key.Count > 1 || !IsInteger(property.PropertyType))
            throw Invalid(
                property.Name,
                "AutoIncrement needs a key of one integer; make it a 'long', or leave "
                + "AutoIncrement out.");
        if (property.SetMethod is not { IsPublic: true })
            throw Invalid(
                property.Name,
                "AutoIncrement sets the key; give the property a public setter ('init' will do).");
    }

    private static bool IsInteger(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return !type.IsEnum
            && Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64;
    }

    private InvalidTableException Invalid(string? property, string rule)
        => new(TypeName.Of(_recordType), property, rule);
}

/// <summary>The result of <see cref="TableDefinitionReader"/>: a valid definition.</summary>
internal sealed record TableDefinitionParts
{
    public required string Name { get; init; }

    public required TableType Type { get; init; }

    public required TableStorage Storage { get; init; }

    public required bool AutoIncrement { get; init; }

    public required int PartitionCount { get; init; }

    /// <summary>The stored properties, the key's first, in the order of the key.</summary>
    public required IReadOnlyList<PropertyInfo> Properties { get; init; }

    /// <summary>How many of the properties are the key.</summary>
    public required int KeyLength { get; init; }

    public required IReadOnlyList<IndexInfo> Indexes { get; init; }
}
