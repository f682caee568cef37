namespace Memento;

/// <summary>What <c>AddTable&lt;T&gt;(t =&gt; …)</c> says over the attributes of the type.</summary>
public sealed class TableOptions
{
    private readonly Dictionary<string, bool> _indexes = [];

    /// <summary>The table's name, or null for what the attribute says.</summary>
    public string? Name { get; set; }

    /// <summary>How the table keeps its records, or null for what the attribute says.</summary>
    public TableType? Type { get; set; }

    /// <summary>Whether keys are assigned, or null for what the attribute says.</summary>
    public bool? AutoIncrement { get; set; }

    /// <summary>Where the records outlive the process, or null for what the attribute says.</summary>
    public TableStorage? Storage { get; set; }

    /// <summary>How many partitions, 1 to 1,024, or null for what the attribute says.</summary>
    public int? Partitions { get; set; }

    /// <summary>The indexes to keep besides those of the attributes: property, and whether unique.</summary>
    public IReadOnlyDictionary<string, bool> Indexes => _indexes;

    /// <summary>Keeps an index on a property besides those that the attributes name.</summary>
    /// <param name="property">The property's name.</param>
    /// <param name="unique">Whether two records may not have the same value.</param>
    /// <returns>These options.</returns>
    public TableOptions AddIndex(string property, bool unique = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(property);
        _indexes[property] = unique;
        return this;
    }
}
