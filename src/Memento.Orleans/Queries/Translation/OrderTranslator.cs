using System.Linq.Expressions;

namespace Memento.Queries;

/// <summary>
/// Translates the comparison of <c>string.CompareOrdinal(a, b)</c> and its like with 0. Unlike an
/// operator these find null before everything.
/// </summary>
internal sealed class OrderTranslator(ParameterExpression record, RecordValueReader values)
{
    private const string Culture =
        "Its order depends on a culture: use string.CompareOrdinal, or string.Compare with "
        + "StringComparison.Ordinal, and compare the result with 0.";

    /// <returns>The guard, or null where neither side is such a call.</returns>
    public Guard? TryTranslate(
        GuardOperator comparison, Expression left, Expression right, Expression whole)
    {
        if (TryFindSides(right, whole, left) is var (later, sooner))
            return Translate(comparison.Mirrored(), later, sooner, whole);

        return TryFindSides(left, whole, right) is var (one, other)
            ? Translate(comparison, one, other, whole)
            : null;
    }

    private (Expression Left, Expression Right)? TryFindSides(
        Expression expression, Expression whole, Expression result)
    {
        if (expression is not MethodCallExpression call || !RecordUse.Uses(call, record)
            || call.Method.Name is not (nameof(string.Compare) or nameof(string.CompareOrdinal)
                or nameof(string.CompareTo)))
        {
            return null;
        }

        if (RecordUse.Uses(result, record) || LocalEvaluator.Evaluate(result) is not 0)
            throw Refusal.Of(whole, "Compare the result with 0.");

        return FindSides(call);
    }

    private (Expression Left, Expression Right) FindSides(MethodCallExpression call)
    {
        if (call.Method.DeclaringType == typeof(string))
        {
            bool isOrdinal = call.Arguments.Count switch
            {
                2 => call.Method.Name == nameof(string.CompareOrdinal),
                3 => call.Arguments[2].Type == typeof(StringComparison)
                    && !RecordUse.Uses(call.Arguments[2], record)
                    && LocalEvaluator.Evaluate(call.Arguments[2]) is StringComparison.Ordinal,
                _ => false,
            };
            return isOrdinal
                ? (call.Arguments[0], call.Arguments[1])
                : throw Refusal.Of(call, Culture);
        }

        // A floating-point number's CompareTo has a place for NaN, which operators have not.
        Type? type = call.Object?.Type;
        return type is not null && call.Method.DeclaringType == type
            && call.Arguments is [Expression argument] && argument.Type == type
            && !Domains.IsReal(type) && Domains.Of(type) is { HasOrder: true }
                ? (call.Object!, argument)
                : throw Refusal.Of(call);
    }

    private Guard Translate(
        GuardOperator comparison, Expression left, Expression right, Expression whole)
    {
        if (!RecordUse.Uses(left, record))
            return Translate(comparison.Mirrored(), right, left, whole);

        RecordValue one = values.Read(left);
        if (!RecordUse.Uses(right, record))
            return Translate(comparison, one, LocalEvaluator.Evaluate(right));

        RecordValue other = values.Read(right);
        Guard compared = Guard.Compare(comparison, one.Operand, other.Operand);
        return comparison switch
        {
            GuardOperator.LessThan
                => Guard.Or(compared, Guard.And(one.IsNull, other.IsNotNull)),
            GuardOperator.GreaterThan
                => Guard.Or(compared, Guard.And(other.IsNull, one.IsNotNull)),
            GuardOperator.LessThanOrEqual => Guard.Or(one.IsNull, compared),
            GuardOperator.GreaterThanOrEqual => Guard.Or(other.IsNull, compared),
            _ => compared,
        };
    }

    private static Guard Translate(GuardOperator comparison, RecordValue value, object? constant)
    {
        Guard compared = Guard.Compare(comparison, value.Operand, constant);
        if (constant is not null)
        {
            bool findsNull = comparison
                is GuardOperator.LessThan or GuardOperator.LessThanOrEqual;
            return findsNull && value.Type == typeof(string)
                ? Guard.Or(value.IsNull, compared)
                : compared;
        }

        return comparison switch
        {
            GuardOperator.LessThan => Guard.False,
            GuardOperator.LessThanOrEqual => value.IsNull,
            GuardOperator.GreaterThan => value.IsNotNull,
            GuardOperator.GreaterThanOrEqual => Guard.True,
            _ => compared,
        };
    }
}
