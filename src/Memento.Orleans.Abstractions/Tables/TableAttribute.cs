namespace Memento;

/// <summary>Makes a class or record a table.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TableAttribute : Attribute
{
    /// <summary>The number of partitions of a table whose definition does not say.</summary>
    public const int DefaultPartitions = 16;

    /// <summary>The table's name; the type's name where it is null.</summary>
    public string? Name { get; set; }

    /// <summary>How the table keeps its records; <see cref="TableType.Set"/> by default.</summary>
    public TableType Type { get; set; }

    /// <summary>
    /// Whether the next number replaces a key of 0 (or null). Only for an ordered set with one
    /// integer key.
    /// </summary>
    public bool AutoIncrement { get; set; }

    /// <summary>
    /// Whether the records survive the process; <see cref="TableStorage.Ram"/> by default.
    /// </summary>
    public TableStorage Storage { get; set; }

    /// <summary>
    /// The number of partitions that the records are hashed into, 1 to 1,024; fixed once the table
    /// exists.
    /// </summary>
    public int Partitions { get; set; } = DefaultPartitions;
}

/// <summary>
/// Makes a property the primary key. On several properties, each is a part of a composite key.
/// Without this attribute, the property named <c>Id</c> is the key.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PrimaryKeyAttribute : Attribute
{
    /// <summary>
    /// The place of the property in a composite key, and in the tuple of a key argument.
    /// </summary>
    public int Order { get; set; }
}

/// <summary>
/// Keeps an index. On a property, it is an index on that property. On a type, it is an index on
/// several properties, in the order of their names: <c>[Index("Director", "Year")]</c>. Every
/// record is in the index; null comes first.
/// </summary>
/// <remarks>
/// An index on several properties also answers conditions on the first of them alone, and gives the
/// records of one value in the order of the next property.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class IndexAttribute : Attribute
{
    /// <summary>Keeps an index.</summary>
    /// <param name="properties">
    /// On a type, the names of one or more properties, in the order of the index. On a property, no
    /// name.
    /// </param>
    public IndexAttribute(params string[] properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        Properties = [.. properties];
    }

    /// <summary>The names that were given, in order.</summary>
    public IReadOnlyList<string> Properties { get; }

    /// <summary>
    /// Whether two records must not have the same value, or the same values of several properties.
    /// Any number of records may have null or NaN in one of them.
    /// </summary>
    public bool Unique { get; set; }
}

/// <summary>How a table keeps its records.</summary>
public enum TableType
{
    /// <summary>One record for each key, in no order.</summary>
    Set = 0,

    /// <summary>One record for each key, in the order of the keys.</summary>
    OrderedSet = 1,

    /// <summary>Any number of different records for each key.</summary>
    Bag = 2,
}

/// <summary>Whether the records of a table survive the process.</summary>
public enum TableStorage
{
    /// <summary>The records are in memory alone: the table is empty after a restart.</summary>
    Ram = 0,

    /// <summary>
    /// The records are in the durable storage too. A commit is there before it is acknowledged.
    /// </summary>
    Disk = 1,
}
