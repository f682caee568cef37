using System.Linq.Expressions;

namespace Memento.Queries;

/// <summary>
/// A property of the record in an expression, under conversions that lose nothing.
/// </summary>
/// <param name="Name">The property's name.</param>
/// <param name="Type">Its type without Nullable.</param>
/// <param name="ComparedAs">The type, without Nullable, that it was converted to.</param>
/// <param name="Expression">The whole expression, for messages.</param>
internal sealed record RecordValue(string Name, Type Type, Type ComparedAs, Expression Expression)
{
    public PropertyOperand Operand => new(Name);
}
