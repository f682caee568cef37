using System.Linq.Expressions;
using Memento.Queries.Evaluation;

namespace Memento.Queries.Translation;

/// <summary>
/// Translates the comparison of <c>string.CompareOrdinal(a, b)</c> and similar calls with 0. Unlike
/// an operator, these find null before every other value.
/// </summary>
internal sealed class OrderTranslator(ParameterExpression record, RecordValueReader values)
{
    private const string Culture =
        "Its order depends on a culture: use string.CompareOrdinal, or string.Compare with "
        + "StringComparison.Ordinal or OrdinalIgnoreCase, and compare the result with 0.";

    /// <returns>The guard, or null if neither side is such a call.</returns>
    public Guard? TryTranslate(
        GuardOperator comparison, Expression left, Expression right, Expression whole)
    {
        if (TryFindSides(right, whole, left) is { } mirrored)
            return Translate(comparison.Mirrored(), mirrored);

        return TryFindSides(left, whole, right) is { } sides ? Translate(comparison, sides) : null;
    }

    private Sides? TryFindSides(
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

    private Sides FindSides(MethodCallExpression call)
    {
        if (call.Method.DeclaringType == typeof(string))
        {
            bool? ignoresCase = call.Arguments.Count switch
            {
                2 when call.Method.Name == nameof(string.CompareOrdinal) => false,
                3 when call.Arguments[2].Type == typeof(StringComparison)
                    => TextCase.IsIgnored(call, call.Arguments[2], record),
                _ => null,
            };
            return ignoresCase is { } known
                ? new Sides(call.Arguments[0], call.Arguments[1], known)
                : throw Refusal.Of(call, Culture);
        }

        // CompareTo of a floating-point number has a place for NaN; operators have none.
        Type? type = call.Object?.Type;
        return type is not null && call.Method.DeclaringType == type
            && call.Arguments is [Expression argument] && argument.Type == type
            && !Domains.IsReal(type) && Domains.Of(type) is { HasOrder: true }
                ? new Sides(call.Object!, argument, IgnoresCase: false)
                : throw Refusal.Of(call);
    }

    private Guard Translate(GuardOperator comparison, Sides sides)
    {
        if (!RecordUse.Uses(sides.Left, record))
            return Translate(comparison.Mirrored(), sides.Mirrored());

        RecordValue one = values.Read(sides.Left);
        if (!RecordUse.Uses(sides.Right, record))
        {
            object? constant = LocalEvaluator.Evaluate(sides.Right);
            return Translate(comparison, one, constant, sides.IgnoresCase);
        }

        RecordValue other = values.Read(sides.Right);
        Guard compared = Compare(comparison, one.Operand, other.Operand, sides.IgnoresCase);
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

    private static Guard Translate(
        GuardOperator comparison, RecordValue value, object? constant, bool ignoresCase)
    {
        Guard compared = Compare(
            comparison, value.Operand, new ConstantOperand(constant), ignoresCase);
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

    private static Guard Compare(
        GuardOperator comparison, Operand left, Operand right, bool ignoresCase)
        => ignoresCase
            ? Guard.CompareIgnoringCase(comparison, left, right)
            : Guard.Compare(comparison, left, right);

    private readonly record struct Sides(Expression Left, Expression Right, bool IgnoresCase)
    {
        public Sides Mirrored() => new(Right, Left, IgnoresCase);
    }
}
