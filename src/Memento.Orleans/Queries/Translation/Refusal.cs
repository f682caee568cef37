using System.Linq.Expressions;
using System.Reflection;

namespace Memento.Queries;

/// <summary>Says no to an expression, and what to write instead.</summary>
internal static class Refusal
{
    private const string General =
        "A predicate may compare properties of the record with values and with each other; "
        + "filter the list that comes back by the rest.";

    public static QueryNotSupportedException Of(Expression expression, string? instead = null)
        => new(ExpressionText.Of(expression), instead ?? Instead(expression));

    private static string Instead(Expression expression) => expression switch
    {
        ParameterExpression => "Compare the record's properties, not the record itself.",
        MemberExpression { Member.MemberType: MemberTypes.Field }
            => "Only properties are stored: make the field a property.",
        MemberExpression
            => "Only stored properties, texts' Length, collections' Count and the parts of dates "
            + "can be used: store what the query needs in a property of its own.",
        ConditionalExpression
            => "Write the condition with && and ||: (test && a) || (!test && b).",
        InvocationExpression
            => "Write the condition in place of the call; a delegate cannot be looked into.",
        UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked }
            => "Compare the property without the cast, or store the converted value in a property "
            + "of its own.",
        BinaryExpression { NodeType: ExpressionType.Coalesce }
            => "Write the null test out: m.Year == null || m.Year < 2000.",
        BinaryExpression
            => "Numbers can be calculated with + - * / % & | ^; store other results in a property "
            + "of their own.",
        MethodCallExpression call => InsteadOfCall(call),
        _ => General,
    };

    private static string InsteadOfCall(MethodCallExpression call) => call.Method.Name switch
    {
        "Compare" or "CompareTo" or "CompareOrdinal"
            => "Use <, <=, > and >=; for strings string.CompareOrdinal(a, b) < 0.",
        "ToLower" or "ToUpper"
            => "It depends on a culture: use ToLowerInvariant or ToUpperInvariant, or compare with "
            + "StringComparison.OrdinalIgnoreCase.",
        "Trim"
            => "Store the text in the form that queries look for, in a property of its own.",
        "StartsWith"
            => "A text of the record can be asked for a value: m.Property.StartsWith(value), with "
            + "StringComparison.Ordinal or OrdinalIgnoreCase or without.",
        "Any" or "Exists" or "All" or "TrueForAll"
            => "Collect the values into a list and ask values.Contains(m.Property).",
        "EndsWith" or "Contains" when call.Method.DeclaringType == typeof(string)
            => "A text of the record can be asked for a value: m.Property.Contains(value), with "
            + "StringComparison.Ordinal or OrdinalIgnoreCase or without.",
        "Equals" or "ReferenceEquals"
            => "Use == between a property and a value of the same type.",
        _ => General,
    };
}
