using System.Collections;
using System.Linq.Expressions;
using Memento.Queries.Evaluation;

namespace Memento.Queries.Translation;

/// <summary>
/// Finds functions of one value: the length of a text, the year of a date, the number of items.
/// </summary>
internal sealed class FunctionReader(RecordValueReader values, ItemConditions conditions)
{
    /// <returns>The operand, or null if the expression is something else.</returns>
    public Operand? TryRead(Expression expression) => expression switch
    {
        MemberExpression { Expression: { } owner } member => TryReadMember(member, owner),
        UnaryExpression { NodeType: ExpressionType.ArrayLength } length
            => Apply(GuardFunction.Count, length.Operand),
        MethodCallExpression call => TryReadCall(call),
        _ => null,
    };

    private FunctionOperand? TryReadMember(MemberExpression member, Expression owner)
    {
        string name = member.Member.Name;
        if (owner.Type == typeof(string))
            return name == nameof(string.Length) ? Apply(GuardFunction.Length, owner) : null;

        if (CollectionType.ItemOf(owner.Type) is not null && member.Type == typeof(int))
        {
            return name is nameof(ICollection.Count) or nameof(Array.Length)
                ? Apply(GuardFunction.Count, owner)
                : null;
        }

        bool isDate = owner.Type == typeof(DateTime) || owner.Type == typeof(DateTimeOffset)
            || owner.Type == typeof(DateOnly) || owner.Type == typeof(TimeOnly);
        return isDate && PartOf(name) is { } part ? Apply(part, owner) : null;
    }

    private Operand? TryReadCall(MethodCallExpression call)
    {
        if (call.Object?.Type == typeof(string))
        {
            return call.Method.Name switch
            {
                nameof(string.ToLowerInvariant)
                    => Apply(GuardFunction.ToLowerInvariant, call.Object),
                nameof(string.ToUpperInvariant)
                    => Apply(GuardFunction.ToUpperInvariant, call.Object),
                _ => null,
            };
        }

        if (call.Method.DeclaringType != typeof(Enumerable)
            || call.Method.Name != nameof(Enumerable.Count)
            || CollectionType.ItemOf(call.Arguments[0].Type) is null)
        {
            return null;
        }

        Operand collection = values.Read(call.Arguments[0]).Operand;
        return Guard.Count(
            collection,
            call.Arguments is [_, Expression condition] ? conditions.Read(call, condition) : null);
    }

    private FunctionOperand Apply(GuardFunction function, Expression argument)
        => new(function, values.Read(argument).Operand);

    private static GuardFunction? PartOf(string name) => name switch
    {
        nameof(DateTime.Year) => GuardFunction.Year,
        nameof(DateTime.Month) => GuardFunction.Month,
        nameof(DateTime.Day) => GuardFunction.Day,
        nameof(DateTime.Hour) => GuardFunction.Hour,
        nameof(DateTime.Minute) => GuardFunction.Minute,
        nameof(DateTime.Second) => GuardFunction.Second,
        nameof(DateTime.DayOfWeek) => GuardFunction.DayOfWeek,
        nameof(DateTime.Date) => GuardFunction.Date,
        _ => null,
    };
}

/// <summary>Reads whether texts are compared with regard to case. Cultures are refused.</summary>
internal static class TextCase
{
    private const string Culture =
        "Texts compare by ordinal and not by a culture: use StringComparison.Ordinal or "
        + "StringComparison.OrdinalIgnoreCase.";

    /// <param name="call">The comparing call, for the message.</param>
    /// <param name="comparison">Its <see cref="StringComparison"/>.</param>
    /// <param name="record">The record, which must not be used in it.</param>
    /// <exception cref="QueryNotSupportedException">
    /// The store does not have this comparison.
    /// </exception>
    public static bool IsIgnored(
        MethodCallExpression call, Expression comparison, ParameterExpression record)
    {
        bool isKnown = comparison.Type == typeof(StringComparison)
            && !RecordUse.Uses(comparison, record);
        return (isKnown ? LocalEvaluator.Evaluate(comparison) : null) switch
        {
            StringComparison.Ordinal => false,
            StringComparison.OrdinalIgnoreCase => true,
            _ => throw Refused(call),
        };
    }

    public static QueryNotSupportedException Refused(MethodCallExpression call)
        => Refusal.Of(call, Culture);
}
