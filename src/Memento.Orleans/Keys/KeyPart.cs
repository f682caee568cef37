namespace Memento.Keys;

/// <summary>One property of a key or an index.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Type">The property's declared type; it may be a <see cref="Nullable{T}"/>.</param>
/// <param name="Component">The encoding of its values.</param>
internal sealed record KeyPart(string Name, Type Type, KeyComponent Component)
{
    /// <summary>The name of the property in a message about a key argument.</summary>
    public string Describe(string tableName) => $"key property '{Name}' of table '{tableName}'";
}
