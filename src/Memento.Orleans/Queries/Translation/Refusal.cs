using System.Linq.Expressions;
using System.Reflection;
using Memento.Queries.Evaluation;

namespace Memento.Queries.Translation;

/// <summary>Makes the error that refuses an expression and says what to write instead.</summary>
internal static class Refusal
{
    private const string General =
        "A predicate may compare properties of the record with values and with each other; "
        + "filter the list that comes back by the rest.";

    private const string Places =
        "Items are not asked by their places: write m.Property.Contains(value), or Any, All or "
        + "Count with a condition on the item. Only a dictionary's value is m.Property[key].";

    public static QueryNotSupportedException Of(Expression expression, string? instead = null)
        => new(ExpressionText.Of(expression), instead ?? Instead(expression));

    private static string Instead(Expression expression) => expression switch
    {
        ParameterExpression => "Compare the record's properties, not the record itself.",
        MemberExpression { Member.MemberType: MemberTypes.Field }
            => "Only properties are stored: make the field a property.",
        MemberExpression { Member.Name: "Keys" or "Values", Expression.Type: var owner }
            when DictionaryType.Of(owner) is not null
            => "Ask the entries of the dictionary, which have a Key and a Value: "
            + "m.Property.Any(entry => entry.Value == value).",
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
        BinaryExpression { NodeType: ExpressionType.ArrayIndex } => Places,
        BinaryExpression { NodeType: ExpressionType.Add } sum when sum.Type == typeof(string)
            => "Compare the texts one by one, or store the joined text in a property of its own.",
        TypeBinaryExpression or UnaryExpression { NodeType: ExpressionType.TypeAs }
            => "Store what kind it is in a property, and compare that.",
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
        "Trim" or "TrimStart" or "TrimEnd" or "Replace" or "Normalize"
            => "Store the text in the form that queries look for, in a property of its own.",
        "IsNullOrWhiteSpace"
            => "Store texts trimmed, and write string.IsNullOrEmpty(m.Property).",
        "Substring" or "get_Chars" or "IsMatch" or "Like"
            => "Parts of texts are found by StartsWith, EndsWith and Contains; store what else the "
            + "query needs in a property of its own.",
        "ToString"
            => "Compare the property itself with a value of its own type.",
        "get_Item" or "ElementAt" or "First" or "FirstOrDefault" or "Last" or "LastOrDefault"
            or "Single" or "SingleOrDefault" or "Find" => Places,
        "Where" or "Select" or "SelectMany" or "OfType" or "Distinct" or "FindAll" or "Intersect"
            or "Except" or "Union"
            => "Put the whole condition on the item into one call: m.Property.Any(item => ...), or "
            + "All or Count; values are asked too: "
            + "values.Any(value => m.Property.Contains(value)).",
        "Sum" or "Min" or "Max" or "Average" or "Aggregate" or "LongCount"
            => "Of a collection in the record there are Any, All and Count; store other results in "
            + "a property of their own.",
        "GetValueOrDefault" or "TryGetValue"
            => "Write m.Property[key], which is null where there is no such key.",
        _ when call.Method.Name.StartsWith("Add", StringComparison.Ordinal)
            && call.Object?.Type.IsValueType == true
            => "Calculate with the other side: m.Time > value.AddDays(-1).",
        "StartsWith"
            => "A text of the record can be asked for a value: m.Property.StartsWith(value), with "
            + "StringComparison.Ordinal or OrdinalIgnoreCase or without.",
        "Any" or "Exists" or "All" or "TrueForAll" or "Count"
            => "A collection of the record, or a list of values, is asked with a condition in "
            + "place: m.Property.Any(item => ...), values.Any(value => ...).",
        "EndsWith" or "Contains" when call.Method.DeclaringType == typeof(string)
            => "A text of the record can be asked for a value: m.Property.Contains(value), with "
            + "StringComparison.Ordinal or OrdinalIgnoreCase or without.",
        "Equals" or "ReferenceEquals"
            => "Use == between a property and a value of the same type.",
        _ => General,
    };
}

/// <summary>Writes an expression as in the source: a captured variable by its name.</summary>
internal sealed class ExpressionText : ExpressionVisitor
{
    private const int LongestText = 500;

    public static string Of(Expression expression)
    {
        string text = new ExpressionText().Visit(expression).ToString();
        return text.Length <= LongestText ? text : text[..LongestText] + "…";
    }

    protected override Expression VisitMember(MemberExpression node)
        => node.Expression is ConstantExpression
            ? Expression.Parameter(node.Type, node.Member.Name)
            : base.VisitMember(node);
}
