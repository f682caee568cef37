namespace Memento.Tables.Keys;

/// <summary>One property of a key or an index.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Type">The property's declared type; it may be a <see cref="Nullable{T}"/>.</param>
/// <param name="Component">The encoding of its values.</param>
internal sealed record KeyPart(string Name, Type Type, KeyComponent Component)
{
    /// <exception cref="ArgumentException">The property's type has no encoding.</exception>
    public static KeyPart Of(RecordProperty property)
        => KeyComponents.TryGet(property.Type, out KeyComponent? component)
            ? new KeyPart(property.Name, property.Type, component)
            : throw new ArgumentException(
                $"'{property.Name}' cannot be a part of a key.", nameof(property));

    /// <summary>Names the property in a message about a key argument.</summary>
    public string Describe(string tableName) => $"key property '{Name}' of table '{tableName}'";
}
