namespace Memento;

/// <summary>An index of a table.</summary>
[GenerateSerializer]
[Alias("Memento.IndexInfo")]
public sealed record IndexInfo
{
    /// <summary>An index on one property.</summary>
    /// <param name="property">The property's name.</param>
    /// <param name="unique">Whether two records may not have the same value.</param>
    public IndexInfo(string property, bool unique)
        : this([property], unique)
    {
    }

    /// <summary>An index on one property or several.</summary>
    /// <param name="properties">Their names, in the order of the index.</param>
    /// <param name="unique">Whether two records may not have the same values.</param>
    /// <exception cref="ArgumentException">There is no name, or an empty one.</exception>
    public IndexInfo(IReadOnlyList<string> properties, bool unique)
    {
        ArgumentNullException.ThrowIfNull(properties);
        if (properties.Count == 0)
            throw new ArgumentException("Name at least one property.", nameof(properties));
        foreach (string property in properties)
            ArgumentException.ThrowIfNullOrEmpty(property, nameof(properties));

        Properties = [.. properties];
        Unique = unique;
    }

    /// <summary>The names of the indexed properties, in the order of the index.</summary>
    [Id(0)]
    public IReadOnlyList<string> Properties { get; }

    /// <summary>Whether two records may not have the same values.</summary>
    [Id(1)]
    public bool Unique { get; }

    /// <summary>
    /// The index's name: the property's, or those of several with <c>_</c> between them.
    /// </summary>
    public string Name => string.Join('_', Properties);

    /// <summary>Whether the other is on the same properties, and unique where this is.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(IndexInfo? other)
        => other is not null && Unique == other.Unique
            && Properties.SequenceEqual(other.Properties, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode()
        => HashCode.Combine(Name.GetHashCode(StringComparison.Ordinal), Unique);

    /// <summary>The name, and whether it is unique.</summary>
    public override string ToString() => Unique ? $"{Name} (unique)" : Name;
}
