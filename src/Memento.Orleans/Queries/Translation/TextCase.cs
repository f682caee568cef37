using System.Linq.Expressions;

namespace Memento.Queries.Translation;

/// <summary>Reads whether texts are compared with regard to case; never by a culture.</summary>
internal static class TextCase
{
    private const string Culture =
        "Texts compare by ordinal and not by a culture: use StringComparison.Ordinal or "
        + "StringComparison.OrdinalIgnoreCase.";

    /// <param name="call">The call that compares, for the message.</param>
    /// <param name="comparison">Its <see cref="StringComparison"/>.</param>
    /// <param name="record">The record, which it may not depend on.</param>
    /// <exception cref="QueryNotSupportedException">It is none that the store has.</exception>
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
