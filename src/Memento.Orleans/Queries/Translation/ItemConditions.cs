using System.Linq.Expressions;

namespace Memento.Queries.Translation;

/// <summary>Reads the conditions that a predicate has on the items of a collection.</summary>
internal sealed class ItemConditions(
    ParameterExpression record, Func<LambdaExpression, Guard> translate)
{
    /// <summary>The condition as a guard about an item.</summary>
    /// <param name="call">The call that it is an argument of, for messages.</param>
    /// <param name="condition">The condition.</param>
    /// <exception cref="QueryNotSupportedException">
    /// It is not written in place, or uses the record.
    /// </exception>
    public Guard Read(MethodCallExpression call, Expression condition)
    {
        LambdaExpression lambda = InPlace(call, condition);
        if (RecordUse.Uses(lambda.Body, record))
        {
            throw Refusal.Of(
                call, "The condition on an item may use the item and values, not the record.");
        }

        return translate(lambda);
    }

    public static LambdaExpression InPlace(MethodCallExpression call, Expression condition)
        => (condition is UnaryExpression { NodeType: ExpressionType.Quote } quote
            ? quote.Operand
            : condition) as LambdaExpression
            ?? throw Refusal.Of(call, "Write the condition on the items in place.");
}
