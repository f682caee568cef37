namespace Memento;

/// <summary>Makes a class or record a table; see the properties for what it decides.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TableAttribute : Attribute
{
    /// <summary>How many partitions a table has that does not say.</summary>
    public const int DefaultPartitions = 16;

    /// <summary>The table's name; the type's name where it is null.</summary>
    public string? Name { get; set; }

    /// <summary>How the table keeps its records; <see cref="TableType.Set"/> by default.</summary>
    public TableType Type { get; set; }

    /// <summary>
    /// Whether a key of 0 (or null) is replaced by the next number; for an ordered set with one
    /// integer key.
    /// </summary>
    public bool AutoIncrement { get; set; }

    /// <summary>
    /// Where the records outlive the process; <see cref="TableStorage.Ram"/> by default.
    /// </summary>
    public TableStorage Storage { get; set; }

    /// <summary>
    /// Into how many partitions the records are hashed, 1 to 1,024; fixed once the table exists.
    /// </summary>
    public int Partitions { get; set; } = DefaultPartitions;
}

/// <summary>
/// Makes a property the primary key, or, on several properties, a part of a composite one. Without
/// it a property named <c>Id</c> is the key.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PrimaryKeyAttribute : Attribute
{
    /// <summary>
    /// The place of the property in a composite key; the key argument is a tuple in it.
    /// </summary>
    public int Order { get; set; }
}

/// <summary>
/// Keeps an index: on a property of it alone, on a type of several properties in the order in which
/// they are named, <c>[Index("Director", "Year")]</c>. Every record is in it; null comes first.
/// </summary>
/// <remarks>
/// An index on several properties also answers what asks for the first of them only, and gives the
/// records of one value of these in the order of the next.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class IndexAttribute : Attribute
{
    /// <summary>Keeps an index.</summary>
    /// <param name="properties">
    /// On a type the names of one or more properties, in the order of the index; on a property
    /// none.
    /// </param>
    public IndexAttribute(params string[] properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        Properties = [.. properties];
    }

    /// <summary>The names that were given, in order.</summary>
    public IReadOnlyList<string> Properties { get; }

    /// <summary>
    /// Whether two records may not have the same value, or of several properties the same values;
    /// where one of them is null or NaN any number of records may.
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

/// <summary>Where a table's records outlive the process.</summary>
public enum TableStorage
{
    /// <summary>Nowhere: the table is empty after a restart.</summary>
    Ram = 0,

    /// <summary>In the durable storage: a commit is there before it is acknowledged.</summary>
    Disk = 1,
}
