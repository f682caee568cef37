using System.Collections;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using Memento.Queries.Evaluation;

namespace Memento.Queries.Translation;

/// <summary>Translates method calls: equality, parts of texts, and Contains of a list.</summary>
internal sealed class CallTranslator(
    ParameterExpression record,
    RecordValueReader values,
    ComparisonTranslator comparisons,
    CollectionTranslator collections,
    DictionaryTranslator dictionaries)
{
    public Guard Translate(MethodCallExpression call) => call.Method.Name switch
    {
        nameof(string.Equals) => TranslateEquals(call),
        nameof(string.StartsWith) when call.Object?.Type == typeof(string)
            => TranslateText(call, TextMatch.StartsWith),
        nameof(string.EndsWith) when call.Object?.Type == typeof(string)
            => TranslateText(call, TextMatch.EndsWith),
        nameof(string.Contains) when call.Object?.Type == typeof(string)
            && RecordUse.Uses(call.Object, record) => TranslateText(call, TextMatch.Contains),
        nameof(string.IsNullOrEmpty) when call.Method.DeclaringType == typeof(string)
            => TranslateIsNullOrEmpty(call),
        nameof(Enumerable.Contains) => TranslateContains(call),
        nameof(Enum.HasFlag) when call.Method.DeclaringType == typeof(Enum)
            => TranslateHasFlag(call),
        _ when CollectionTranslator.IsKnown(call.Method.Name) => collections.TranslateItems(call),
        "get_Item" => comparisons.TranslateFlag(call),
        _ => dictionaries.TryTranslate(call) ?? throw Refusal.Of(call),
    };

    private Guard TranslateEquals(MethodCallExpression call)
    {
        List<Expression> sides = [.. call.Arguments];
        if (call.Object is not null) sides.Insert(0, call.Object);

        bool ignoresCase = false;
        if (sides.Count == 3 && sides[2].Type == typeof(StringComparison))
        {
            ignoresCase = TextCase.IsIgnored(call, sides[2], record);
            sides.RemoveAt(2);
        }

        // Equals(object) also compares the types, and Equals of a number finds NaN equal to itself.
        Type type = sides[0].Type;
        if (sides.Count != 2 || sides[1].Type != type || call.Method.DeclaringType != type
            || call.Method.GetParameters()[0].ParameterType != type
            || Domains.Of(type) is null || Domains.IsReal(type))
        {
            throw Refusal.Of(call);
        }

        Guard equal = ignoresCase
            ? Guard.CompareIgnoringCase(GuardOperator.Equal, ReadText(sides[0]), ReadText(sides[1]))
            : comparisons.Translate(GuardOperator.Equal, sides[0], sides[1], call);
        if (call.Object is null
            || equal.Root is CompareNode { Right: ConstantOperand { Value: not null } }
                or TextCompareNode { Right: ConstantOperand })
        {
            return equal;
        }

        if (!RecordUse.Uses(call.Object, record))
            throw new ArgumentNullException(
                ExpressionText.Of(call.Object), $"The predicate calls Equals of null: '{call}'.");

        // A call on null gives false; == would find null equal to null.
        return Guard.And(equal, values.Read(call.Object).IsNotNull);
    }

    private Operand ReadText(Expression side)
        => RecordUse.Uses(side, record)
            ? values.Read(side).Operand
            : new ConstantOperand(LocalEvaluator.Evaluate(side));

    private Guard TranslateText(MethodCallExpression call, TextMatch match)
    {
        if (call.Arguments.Count > 2) throw TextCase.Refused(call);

        if (RecordUse.Uses(call.Arguments[0], record)) throw Refusal.Of(call);

        bool ignoresCase = call.Arguments.Count == 2
            && TextCase.IsIgnored(call, call.Arguments[1], record);

        Operand text = values.Read(call.Object!).Operand;
        object pattern = LocalEvaluator.Evaluate(call.Arguments[0])
            ?? throw new ArgumentNullException(
                ExpressionText.Of(call.Arguments[0]), $"The predicate looks for null: '{call}'.");
        return Guard.Match(match, text, pattern.ToString()!, ignoresCase);
    }

    /// <summary><c>m.Rights.HasFlag(right)</c></summary>
    private Guard TranslateHasFlag(MethodCallExpression call)
    {
        Expression owner = WithoutBoxing(call.Object!);
        if (RecordUse.Uses(call.Arguments[0], record))
            throw Refusal.Of(call, "Ask for the flags of a value.");

        RecordValue flags = values.Read(owner);
        object? asked = LocalEvaluator.Evaluate(call.Arguments[0]);
        if (!flags.Type.IsEnum || asked?.GetType() != flags.Type)
            throw Refusal.Of(call, "Ask for a flag of the property's own type.");

        TypeCode code = Type.GetTypeCode(flags.Type);
        NumberType type = code switch
        {
            TypeCode.UInt32 => NumberType.UInt32,
            TypeCode.Int64 => NumberType.Int64,
            TypeCode.UInt64 => NumberType.UInt64,
            _ => NumberType.Int32,
        };
        var bits = new ConstantOperand(
            Convert.ChangeType(asked, code, CultureInfo.InvariantCulture));
        return Guard.Compare(
            GuardOperator.Equal,
            new ArithmeticOperand(
                ArithmeticOperator.And, type, isChecked: false, flags.Operand, bits),
            bits);
    }

    private static Expression WithoutBoxing(Expression expression)
        => expression is UnaryExpression { NodeType: ExpressionType.Convert } conversion
            && conversion.Type == typeof(Enum)
                ? conversion.Operand
                : expression;

    private Guard TranslateIsNullOrEmpty(MethodCallExpression call)
    {
        RecordValue text = values.Read(call.Arguments[0]);
        return Guard.Or(text.IsNull, Guard.Compare(GuardOperator.Equal, text.Operand, ""));
    }

    private Guard TranslateContains(MethodCallExpression call)
    {
        List<Expression> parts = [.. call.Arguments];
        if (call.Object is not null) parts.Insert(0, call.Object);

        bool hasComparer = parts.Count == 3;
        if (parts.Count is < 2 or > 3 || !IsFrameworks(call.Method)) throw Refusal.Of(call);

        if (hasComparer) RequireNoComparer(call, parts[0], parts[2]);

        Expression list = WithoutSpan(parts[0], call);
        if (RecordUse.Uses(list, record))
        {
            return dictionaries.TryTranslateContains(call, list, parts[1])
                ?? collections.TranslateContains(call, list, parts[1]);
        }

        if (list.Type == typeof(string) && parts[1].Type != typeof(char)) throw Refusal.Of(call);

        RecordValue property = values.Read(parts[1]);
        ComparisonTranslator.RequireComparable(property, call);
        if (Domains.Of(property.ComparedAs) is null)
            throw Refusal.Of(call, "Use a list of the property's own type.");

        object collection = LocalEvaluator.Evaluate(list)
            ?? throw new ArgumentNullException(
                ExpressionText.Of(list), "The list that the predicate asks is null.");
        IEnumerable items = LocalList.TryRead(collection) ?? throw Refusal.Of(
            call,
            "Only Contains of the framework's collections with their default comparer is known: "
            + "copy the values into a list first. Without regard to case write values.Any(value => "
            + "string.Equals(value, m.Property, StringComparison.OrdinalIgnoreCase)).");
        return ComparisonTranslator.In(property, items.Cast<object?>());
    }

    /// <summary>Whether the meaning of a Contains is known.</summary>
    private static bool IsFrameworks(MethodInfo method)
        => method.IsStatic
            ? method.DeclaringType == typeof(Enumerable)
                || method.DeclaringType == typeof(MemoryExtensions)
            : LocalList.IsFrameworks(method.DeclaringType!);

    private void RequireNoComparer(
        MethodCallExpression call, Expression list, Expression comparer)
    {
        if (RecordUse.Uses(comparer, record) || comparer.Type == typeof(StringComparison)
            || LocalEvaluator.Evaluate(comparer) is not null)
        {
            throw Refusal.Of(
                call,
                "Leave the comparer out: strings compare by ordinal. Without regard to case write "
                + (RecordUse.Uses(list, record)
                    ? "m.Property.Any(item => string.Equals(item, value, "
                    : "values.Any(value => string.Equals(value, m.Property, ")
                + "StringComparison.OrdinalIgnoreCase)).");
        }
    }

    /// <summary>
    /// The array under the conversion to a span that C# 14 adds: there, <c>array.Contains(x)</c> is
    /// a call of <see cref="MemoryExtensions"/>.
    /// </summary>
    private static Expression WithoutSpan(Expression list, MethodCallExpression call)
    {
        if (!list.Type.IsByRefLike) return list;

        Expression? inner = list switch
        {
            MethodCallExpression { Object: null, Arguments: [Expression array] } conversion
                when conversion.Method.Name is "op_Implicit" or "AsSpan" => array,
            UnaryExpression { NodeType: ExpressionType.Convert } conversion => conversion.Operand,
            _ => null,
        };
        return inner is null
            ? throw Refusal.Of(call, "Use an array or a list instead of a span.")
            : WithoutSpan(inner, call);
    }
}
