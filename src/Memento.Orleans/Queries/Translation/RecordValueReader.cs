using System.Linq.Expressions;
using System.Reflection;

namespace Memento.Queries;

/// <summary>
/// Finds the property under the conversions that the compiler wraps around it: small integers and
/// enums become int, values become nullable, a nullable's Value is the value or null.
/// </summary>
internal sealed class RecordValueReader(ParameterExpression record)
{
    /// <exception cref="QueryNotSupportedException">It is more than a property.</exception>
    public RecordValue Read(Expression expression)
    {
        var conversions = new Stack<Type>();
        Expression inner = expression;
        while (true)
        {
            if (inner is UnaryExpression
                {
                    NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked,
                } conversion)
            {
                conversions.Push(WithoutNullable(conversion.Type));
                inner = conversion.Operand;
            }
            else if (IsNullableMember(inner, "Value"))
            {
                inner = ((MemberExpression)inner).Expression!;
            }
            else
            {
                break;
            }
        }

        if (!TryGetProperty(inner, out PropertyInfo? property))
            throw Refusal.Of(inner);

        Type type = WithoutNullable(property.PropertyType);
        Type comparedAs = Follow(type, conversions)
            ?? throw Refusal.Of(expression);
        return new RecordValue(property.Name, type, comparedAs, expression);
    }

    public bool TryGetProperty(
        Expression expression,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PropertyInfo? property)
    {
        property = (expression as MemberExpression)?.Member as PropertyInfo;
        if (property is null)
            return false;

        Expression? owner = ((MemberExpression)expression).Expression;
        while (owner is UnaryExpression { NodeType: ExpressionType.Convert } upcast
            && upcast.Type.IsAssignableFrom(upcast.Operand.Type))
        {
            owner = upcast.Operand;
        }

        return owner == record;
    }

    /// <summary>Whether this is HasValue or Value of a nullable.</summary>
    public static bool IsNullableMember(Expression expression, string name)
        => expression is MemberExpression { Expression: { } owner } member
            && member.Member.Name == name
            && Nullable.GetUnderlyingType(owner.Type) is not null;

    public static Type WithoutNullable(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    /// <summary>
    /// The type after conversions that cannot change the outcome of a comparison; null for others.
    /// Only the last may round, since that is the rounding that the comparison itself does.
    /// </summary>
    private static Type? Follow(Type type, Stack<Type> conversions)
    {
        bool hasRounded = false;
        foreach (Type next in conversions)
        {
            if (next == type)
                continue;

            Type from = type.IsEnum ? Enum.GetUnderlyingType(type) : type;
            if (hasRounded || (from != next && !NumericConversion.IsImplicit(from, next)))
                return null;

            hasRounded = NumericConversion.Rounds(from, next);
            type = next;
        }

        return type;
    }
}
