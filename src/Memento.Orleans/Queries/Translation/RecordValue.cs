using System.Linq.Expressions;

namespace Memento.Queries.Translation;

/// <summary>
/// A value of the record in an expression, under conversions that lose nothing.
/// </summary>
/// <param name="Operand">The value in a guard.</param>
/// <param name="Type">Its type without Nullable.</param>
/// <param name="ComparedAs">The type, without Nullable, that it was converted to.</param>
/// <param name="EnumType">The enum whose values, or bits of them, these are; else null.</param>
/// <param name="Expression">The whole expression, for messages.</param>
internal sealed record RecordValue(
    Operand Operand, Type Type, Type ComparedAs, Type? EnumType, Expression Expression)
{
    public Guard IsNull => Guard.Compare(GuardOperator.Equal, Operand, value: null);

    public Guard IsNotNull => Guard.Compare(GuardOperator.NotEqual, Operand, value: null);
}
