using System.Linq.Expressions;
using Memento.Queries.Translation;

namespace Memento.Queries.Orders;

/// <summary>Reads which property <c>m => m.Address.City</c> names.</summary>
internal static class OrderPath
{
    private const string Instead =
        "Name a stored property of the record, or of an object in it, without a calculation or a "
        + "cast: m => m.Year, m => m.Address.City. Store what the order needs in a property of its "
        + "own.";

    /// <returns>The property's name, or a path of names with dots between.</returns>
    /// <exception cref="QueryNotSupportedException">
    /// The expression does not name a property.
    /// </exception>
    public static string Of(LambdaExpression property)
    {
        ArgumentNullException.ThrowIfNull(property);
        Expression named = WithoutUpcast(property.Body);
        return new PathReader(property.Parameters[0]).TryRead(named) is PropertyOperand path
            ? path.Name
            : throw Refusal.Of(property.Body, Instead);
    }

    /// <summary>
    /// Removes conversions that do not change the order: boxing, and to or from a nullable.
    /// </summary>
    private static Expression WithoutUpcast(Expression expression)
    {
        while (true)
        {
            if (expression is UnaryExpression { NodeType: ExpressionType.Convert } conversion
                && (conversion.Type.IsAssignableFrom(conversion.Operand.Type)
                    || RecordValueReader.WithoutNullable(conversion.Type)
                        == conversion.Operand.Type))
                expression = conversion.Operand;
            else if (RecordValueReader.IsNullableMember(expression, "Value"))
                expression = ((MemberExpression)expression).Expression!;
            else
                return expression;
        }
    }
}

/// <summary>One property of an order.</summary>
/// <param name="Property">
/// Its name, or a path to a property of an object: <c>Address.City</c>.
/// </param>
/// <param name="IsDescending">Whether the greatest values come first, and null last.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.OrderPart")]
internal sealed record OrderPart(
    [property: Id(0)] string Property, [property: Id(1)] bool IsDescending);
