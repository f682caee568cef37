using System.Linq.Expressions;
using Memento.Queries.Evaluation;

namespace Memento.Queries.Translation;

/// <summary>Translates conditions on the dictionaries in a record.</summary>
internal sealed class DictionaryTranslator(ParameterExpression record, RecordValueReader values)
{
    private const string Instead =
        "Write m.Property[key], which is null where there is no such key, or "
        + "m.Property.ContainsKey(key), with a key that does not use the record.";

    /// <returns>
    /// <c>m.Meta.ContainsKey("k")</c> and similar calls as a guard; null if the expression is
    /// something else.
    /// </returns>
    public Guard? TryTranslate(MethodCallExpression call)
    {
        if (call.Object is { } dictionary && DictionaryType.Of(dictionary.Type) is not null
            && RecordUse.Uses(dictionary, record))
        {
            return call.Method.Name switch
            {
                nameof(IDictionary<,>.ContainsKey)
                    => HasKey(call, dictionary, call.Arguments[0]),
                nameof(Dictionary<,>.ContainsValue)
                    => HasValue(call, dictionary, call.Arguments[0]),
                _ => throw Refusal.Of(call, Instead),
            };
        }

        return null;
    }

    /// <returns>
    /// <c>m.Meta.Keys.Contains("k")</c> and similar calls as a guard; null if the expression is
    /// something else.
    /// </returns>
    public Guard? TryTranslateContains(
        MethodCallExpression call, Expression items, Expression value)
    {
        if (items is not MemberExpression { Expression: { } dictionary } part
            || DictionaryType.Of(dictionary.Type) is null)
        {
            return null;
        }

        return part.Member.Name switch
        {
            nameof(IDictionary<,>.Keys) => HasKey(call, dictionary, value),
            nameof(IDictionary<,>.Values) => HasValue(call, dictionary, value),
            _ => null,
        };
    }

    private Guard HasKey(MethodCallExpression call, Expression dictionary, Expression key)
        => Guard.HasKey(
            values.Read(dictionary).Operand,
            Evaluate(call, key) ?? throw new ArgumentNullException(
                ExpressionText.Of(key), $"The predicate looks for a key that is null: '{call}'."));

    private Guard HasValue(MethodCallExpression call, Expression dictionary, Expression value)
    {
        Type type = DictionaryType.Of(dictionary.Type)!.Value;
        if (Domains.Of(RecordValueReader.WithoutNullable(type)) is null)
            throw Refusal.Of(call, "Use Any with a condition on the entry's Value.");

        Guard item = Guard.In("Value", new[] { Evaluate(call, value) });
        return Guard.Any(values.Read(dictionary).Operand, item);
    }

    private object? Evaluate(MethodCallExpression call, Expression value)
        => RecordUse.Uses(value, record)
            ? throw Refusal.Of(call, Instead)
            : LocalEvaluator.Evaluate(value);
}
