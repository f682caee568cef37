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

    /// <summary>Where the records outlive the process; <see cref="TableStorage.Ram"/> by default.</summary>
    public TableStorage Storage { get; set; }

    /// <summary>
    /// Into how many partitions the records are hashed, 1 to 1,024; fixed once the table exists.
    /// </summary>
    public int Partitions { get; set; } = DefaultPartitions;
}
