using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Memento.Keys;

namespace Memento.Tables;

/// <summary>The tables that are registered in this process. Immutable.</summary>
internal sealed class TableRegistry
{
    private readonly FrozenDictionary<Type, TableDefinition> _byType;
    private readonly FrozenDictionary<string, TableDefinition> _byName;
    private readonly FrozenDictionary<Type, TableDefinition> _byDerivedType;

    /// <exception cref="InvalidTableException">Two tables have one name or one type.</exception>
    public TableRegistry(IEnumerable<TableDefinition> tables)
    {
        Tables = [.. tables.OrderBy(table => table.Name, StringComparer.Ordinal)];
        CheckUnique();
        _byType = Tables.ToFrozenDictionary(table => table.RecordType);
        _byName = Tables.ToFrozenDictionary(table => table.Name, StringComparer.Ordinal);
        _byDerivedType = Tables
            .SelectMany(table => table.DerivedTypes.Select(type => (Type: type, Table: table)))
            .DistinctBy(each => each.Type)
            .ToFrozenDictionary(each => each.Type, each => each.Table);
    }

    /// <summary>All tables in the ordinal order of their names.</summary>
    public IReadOnlyList<TableDefinition> Tables { get; }

    /// <exception cref="TableNotFoundException">The type is not registered.</exception>
    public TableDefinition<T> Get<T>()
        where T : class
        => (TableDefinition<T>)Get(typeof(T));

    /// <exception cref="TableNotFoundException">The type is not registered.</exception>
    public TableDefinition Get(Type recordType)
        => _byType.TryGetValue(recordType, out TableDefinition? table)
            ? table
            : throw NotRegistered(TypeName.Of(recordType));

    /// <exception cref="TableNotFoundException">No table of that name is registered.</exception>
    public TableDefinition Get(string name)
        => _byName.TryGetValue(name, out TableDefinition? table)
            ? table
            : throw new TableNotFoundException(
                $"Table '{name}' is not registered in this silo. Call AddTable or AddTables in the "
                + "silo's AddMemento, as in the client's.");

    public bool TryGet(Type recordType, [NotNullWhen(true)] out TableDefinition? table)
        => _byType.TryGetValue(recordType, out table);

    /// <summary>The table with records of exactly this type; null: there is none.</summary>
    public TableDefinition? FindByRecord(Type type)
        => _byType.GetValueOrDefault(type) ?? _byDerivedType.GetValueOrDefault(type);

    /// <summary>The table of the type, or of the nearest of its base types that has one.</summary>
    public TableDefinition? FindByBase(Type type)
    {
        for (Type? level = type; level is not null; level = level.BaseType)
        {
            if (FindByRecord(level) is { } table) return table;
        }

        return null;
    }

    public bool TryGet(string name, [NotNullWhen(true)] out TableDefinition? table)
        => _byName.TryGetValue(name, out table);

    /// <summary>Whether a table is registered, and on disk.</summary>
    public bool IsOnDisk(string name)
        => TryGet(name, out TableDefinition? table) && table.Storage == TableStorage.Disk;

    private void CheckUnique()
    {
        // Names that differ only in case are the same name in SQLite.
        var names = new Dictionary<string, TableDefinition>(StringComparer.OrdinalIgnoreCase);
        var types = new HashSet<Type>();
        foreach (TableDefinition table in Tables)
        {
            string type = TypeName.Of(table.RecordType);
            if (!types.Add(table.RecordType))
                throw new InvalidTableException(
                    type, null, "it is registered twice; call AddTable for it once.");
            if (!names.TryAdd(table.Name, table))
                throw new InvalidTableException(
                    type,
                    null,
                    $"its name '{table.Name}' is also that of "
                    + $"'{TypeName.Of(names[table.Name].RecordType)}' (case does not count); give "
                    + "one of them another with [Table(Name = \"…\")].");
        }
    }

    private static TableNotFoundException NotRegistered(string type)
        => new($"Type '{type}' is not registered as a table: call AddTable<{type}>() where "
            + "AddMemento configures this silo or client.");
}

/// <summary>
/// How a process registered a table, as far as all processes have to agree: the partition of a key,
/// and the meaning of its bytes. Only silos have to know the storage and the indexes.
/// </summary>
/// <param name="Partitions">The number of partitions.</param>
/// <param name="Shape">Its type and its key, as text that people can read.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.TableRegistration")]
internal sealed record TableRegistration(
    [property: Id(0)] int Partitions,
    [property: Id(1)] string Shape)
{
    public static TableRegistration Of(TableSchema schema)
    {
        IEnumerable<string> key = schema.Key.Select(static part => $"{part.Property} {part.Type}");
        string numbers = schema.AutoIncrement ? ", auto-increment" : "";
        return new TableRegistration(
            schema.PartitionCount,
            $"{schema.Type} with the key ({string.Join(", ", key)}){numbers}");
    }

    /// <summary>
    /// Checks that a caller registered the table in the same way. Otherwise an answer could have
    /// only a part of the records.
    /// </summary>
    /// <exception cref="MementoException">The caller registered the table otherwise.</exception>
    public void Require(string table, TableRegistration? caller)
    {
        if (Equals(caller)) return;

        if (caller is not null && caller.Partitions != Partitions)
        {
            throw new MementoException(
                $"Table '{table}' has {Partitions} partitions, and the caller registered "
                + $"{caller.Partitions}. Register it with the same number of partitions in clients "
                + "and silos.");
        }

        throw new MementoException(
            $"Table '{table}' is a {Shape}, and the caller registered a "
            + $"{caller?.Shape ?? "table that it does not tell"}. Register it with the same type "
            + "and options in clients and silos.");
    }
}
