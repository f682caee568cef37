namespace Memento;

/// <summary>Keeps an index on a property; a null value is not indexed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IndexAttribute : Attribute
{
    /// <summary>Whether two records may not have the same value.</summary>
    public bool Unique { get; set; }
}
