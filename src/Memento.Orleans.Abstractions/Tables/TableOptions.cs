namespace Memento;

/// <summary>
/// What <c>AddTable&lt;T&gt;(t =&gt; …)</c> says over the attributes of the type.
/// </summary>
public sealed class TableOptions
{
    private readonly List<IndexInfo> _indexes = [];

    /// <summary>The table's name, or null for what the attribute says.</summary>
    public string? Name { get; set; }

    /// <summary>How the table keeps its records, or null for what the attribute says.</summary>
    public TableType? Type { get; set; }

    /// <summary>Whether keys are assigned, or null for what the attribute says.</summary>
    public bool? AutoIncrement { get; set; }

    /// <summary>
    /// Where the records outlive the process, or null for what the attribute says.
    /// </summary>
    public TableStorage? Storage { get; set; }

    /// <summary>How many partitions, 1 to 1,024, or null for what the attribute says.</summary>
    public int? Partitions { get; set; }

    /// <summary>The indexes to keep besides those of the attributes.</summary>
    public IReadOnlyList<IndexInfo> Indexes => _indexes;

    /// <summary>Keeps an index on a property besides those that the attributes name.</summary>
    /// <param name="property">The property's name.</param>
    /// <param name="unique">
    /// Whether two records may not have the same value; wins over what an attribute says.
    /// </param>
    /// <returns>These options.</returns>
    public TableOptions AddIndex(string property, bool unique = false)
        => Add(new IndexInfo(property, unique));

    /// <summary>
    /// Keeps an index on several properties besides those that the attributes name.
    /// </summary>
    /// <param name="properties">Their names, in the order of the index.</param>
    /// <returns>These options.</returns>
    public TableOptions AddIndex(params IReadOnlyList<string> properties)
        => Add(new IndexInfo(properties, unique: false));

    /// <summary>
    /// Keeps an index besides those that the attributes name, whose values no two records may
    /// share.
    /// </summary>
    /// <param name="properties">
    /// The names of one or more properties, in the order of the index.
    /// </param>
    /// <returns>These options.</returns>
    public TableOptions AddUniqueIndex(params IReadOnlyList<string> properties)
        => Add(new IndexInfo(properties, unique: true));

    /// <summary>Of what is said twice of the same properties, the last counts.</summary>
    private TableOptions Add(IndexInfo index)
    {
        _indexes.RemoveAll(other => other.Properties.SequenceEqual(index.Properties));
        _indexes.Add(index);
        return this;
    }
}
