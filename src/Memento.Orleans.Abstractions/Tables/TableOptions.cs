namespace Memento;

/// <summary>
/// The options of <c>AddTable&lt;T&gt;(t =&gt; …)</c>, which count over the attributes of the type.
/// </summary>
public sealed class TableOptions
{
    private readonly List<IndexInfo> _indexes = [];

    /// <summary>The table's name, or null to use the attribute.</summary>
    public string? Name { get; set; }

    /// <summary>How the table keeps its records, or null to use the attribute.</summary>
    public TableType? Type { get; set; }

    /// <summary>Whether keys are assigned, or null to use the attribute.</summary>
    public bool? AutoIncrement { get; set; }

    /// <summary>Whether the records survive the process, or null to use the attribute.</summary>
    public TableStorage? Storage { get; set; }

    /// <summary>How many partitions, 1 to 1,024, or null to use the attribute.</summary>
    public int? Partitions { get; set; }

    /// <summary>The indexes that are added to the indexes of the attributes.</summary>
    public IReadOnlyList<IndexInfo> Indexes => _indexes;

    /// <summary>Adds an index on a property to the indexes of the attributes.</summary>
    /// <param name="property">The property's name.</param>
    /// <param name="unique">
    /// Whether two records must not have the same value; it counts over an attribute.
    /// </param>
    /// <returns>These options.</returns>
    public TableOptions AddIndex(string property, bool unique = false)
        => Add(new IndexInfo(property, unique));

    /// <summary>Adds an index on several properties to the indexes of the attributes.</summary>
    /// <param name="properties">Their names, in the order of the index.</param>
    /// <returns>These options.</returns>
    public TableOptions AddIndex(params IReadOnlyList<string> properties)
        => Add(new IndexInfo(properties, unique: false));

    /// <summary>
    /// Adds a unique index to the indexes of the attributes: two records must not have the same
    /// value.
    /// </summary>
    /// <param name="properties">
    /// The names of one or more properties, in the order of the index.
    /// </param>
    /// <returns>These options.</returns>
    public TableOptions AddUniqueIndex(params IReadOnlyList<string> properties)
        => Add(new IndexInfo(properties, unique: true));

    /// <summary>If two calls name the same properties, the last call counts.</summary>
    private TableOptions Add(IndexInfo index)
    {
        _indexes.RemoveAll(other => other.Properties.SequenceEqual(index.Properties));
        _indexes.Add(index);
        return this;
    }
}
