namespace Memento;

/// <summary>
/// Makes a property the primary key, or, on several properties, a part of a composite one. Without it
/// a property named <c>Id</c> is the key.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PrimaryKeyAttribute : Attribute
{
    /// <summary>The place of the property in a composite key; the key argument is a tuple in it.</summary>
    public int Order { get; set; }
}
