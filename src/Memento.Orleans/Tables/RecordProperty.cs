using System.Reflection;
using Memento.Keys;

namespace Memento.Tables;

/// <summary>A stored property of a record type.</summary>
internal abstract class RecordProperty(PropertyInfo info, Type valueType)
{
    public PropertyInfo Info { get; } = info;

    public string Name => Info.Name;

    /// <summary>The declared type, for example <c>int?</c>.</summary>
    public Type Type => Info.PropertyType;

    /// <summary>
    /// The declared type without <see cref="Nullable{T}"/>, for example <c>int</c>.
    /// </summary>
    public Type ValueType { get; } = valueType;

    /// <summary>
    /// The bytes that the property takes in the record itself; a reference is eight.
    /// </summary>
    public abstract int InlineSize { get; }

    /// <summary>The value, or null; boxes.</summary>
    public abstract object? GetValue(object record);

    /// <summary>Whether the value is not null; boxes nothing.</summary>
    public abstract bool HasValue(object record);

    /// <summary>Calls back with the types as type parameters.</summary>
    public abstract TResult Accept<TResult>(IPropertyVisitor<TResult> visitor);

    /// <summary>Makes the property a part of a key.</summary>
    /// <exception cref="ArgumentException">The property's type has no encoding.</exception>
    public KeyPart ToKeyPart()
        => KeyComponents.TryGet(Type, out KeyComponent? component)
            ? new KeyPart(Name, Type, component)
            : throw new ArgumentException($"'{Name}' cannot be a part of a key.");

    /// <summary>About the bytes that the record's value takes outside the record.</summary>
    public abstract long EstimateReferencedSize(object record);
}
