namespace Memento.Queries.Evaluation;

/// <summary>What is known of a value without a record.</summary>
/// <param name="Subject">How a message names it: <c>property 'Year'</c>.</param>
/// <param name="DeclaredType">Its type, for example <c>int?</c>.</param>
internal readonly record struct ValueShape(string Subject, Type DeclaredType)
{
    /// <summary>The type without <see cref="Nullable{T}"/>.</summary>
    public Type ValueType => Nullable.GetUnderlyingType(DeclaredType) ?? DeclaredType;

    /// <summary>The type in which it is compared: of an enum its integer.</summary>
    public Type ComparedType
        => ValueType.IsEnum ? Enum.GetUnderlyingType(ValueType) : ValueType;

    public static ValueShape OfProperty(string name, Type type) => new($"property '{name}'", type);

    public static ValueShape OfResult(Operand operand, Type type) => new($"'{operand}'", type);
}
