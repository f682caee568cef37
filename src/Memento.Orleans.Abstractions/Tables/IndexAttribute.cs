namespace Memento;

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
