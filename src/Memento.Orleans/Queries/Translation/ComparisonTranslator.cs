using System.Globalization;
using System.Linq.Expressions;
using Memento.Keys;
using Memento.Queries.Evaluation;

namespace Memento.Queries.Translation;

/// <summary>
/// Translates comparisons between a property, values, other properties and conditions.
/// </summary>
internal sealed class ComparisonTranslator(
    ParameterExpression record,
    RecordValueReader values,
    Func<Expression, Guard> translateCondition)
{
    private readonly OrderTranslator _orders = new(record, values);

    public Guard Translate(BinaryExpression binary)
    {
        GuardOperator comparison = binary.NodeType switch
        {
            ExpressionType.Equal => GuardOperator.Equal,
            ExpressionType.NotEqual => GuardOperator.NotEqual,
            ExpressionType.LessThan => GuardOperator.LessThan,
            ExpressionType.LessThanOrEqual => GuardOperator.LessThanOrEqual,
            ExpressionType.GreaterThan => GuardOperator.GreaterThan,
            ExpressionType.GreaterThanOrEqual => GuardOperator.GreaterThanOrEqual,
            _ => throw Refusal.Of(binary),
        };
        return IsCondition(binary.Left) || IsCondition(binary.Right)
            ? TranslateConditions(comparison, binary)
            : Translate(comparison, binary.Left, binary.Right, binary);
    }

    public Guard Translate(
        GuardOperator comparison, Expression left, Expression right, Expression whole)
    {
        if (_orders.TryTranslate(comparison, left, right, whole) is { } order) return order;

        if (!RecordUse.Uses(left, record))
            return Translate(comparison.Mirrored(), right, left, whole);

        RecordValue property = values.Read(left);
        if (!RecordUse.Uses(right, record))
            return WithConstant(comparison, property, LocalEvaluator.Evaluate(right), whole);

        RecordValue other = values.Read(right);
        if (!AgreeWith(property, other))
            throw Refusal.Of(whole, "Compare the two properties without casts.");

        RequireComparable(property, whole);
        return Guard.Compare(comparison, property.Operand, other.Operand);
    }

    /// <summary>Translates a truth value by itself: <c>m.IsActive</c>.</summary>
    public Guard TranslateFlag(Expression expression)
    {
        RecordValue flag = values.Read(expression);
        return flag.ComparedAs == typeof(bool)
            ? Guard.Compare(GuardOperator.Equal, flag.Operand, true)
            : throw Refusal.Of(expression);
    }

    /// <summary>
    /// Translates the equality of conditions: <c>m.Year &lt; 2000 == m.IsActive</c>.
    /// </summary>
    public Guard TranslateConditions(GuardOperator comparison, BinaryExpression binary)
    {
        Guard left = TranslateCondition(binary.Left);
        Guard right = TranslateCondition(binary.Right);
        Guard equal = (left.Root, right.Root) switch
        {
            (TruthNode truth, _) => truth.Value ? right : Guard.Not(right),
            (_, TruthNode truth) => truth.Value ? left : Guard.Not(left),
            _ => Guard.Or(
                Guard.And(left, right), Guard.And(Guard.Not(left), Guard.Not(right))),
        };
        return comparison == GuardOperator.Equal ? equal : Guard.Not(equal);
    }

    public static Guard In(RecordValue property, IEnumerable<object?> items)
        => Guard.In(property.Operand, items.Select(item => Restore(property, item)));

    public static void RequireComparable(RecordValue property, Expression whole)
    {
        if (Domains.Of(property.Type) is null)
        {
            throw Refusal.Of(
                whole,
                $"A '{TypeName.Of(property.Type)}' can only be compared with null; store what the "
                + "query needs in a property of its own.");
        }
    }

    private static Guard WithConstant(
        GuardOperator comparison, RecordValue property, object? constant, Expression whole)
    {
        if (constant is not null)
        {
            RequireComparable(property, whole);
            constant = Restore(property, constant);
        }

        return Guard.Compare(comparison, property.Operand, constant);
    }

    /// <summary>
    /// Undoes the compiler's conversion of the constant of an enum or a character.
    /// </summary>
    private static object? Restore(RecordValue property, object? constant)
    {
        if (constant is null || constant.GetType() == property.Type
            || !Domains.IsInteger(constant.GetType()))
        {
            return constant;
        }

        if (property.Type.IsEnum)
        {
            Domain integers = Domains.Of(property.Type)!;
            return integers.Fit(constant) == ConstantFit.Inside
                ? Enum.ToObject(property.Type, integers.Convert(constant))
                : constant;
        }

        if (constant is Enum)
        {
            return Convert.ChangeType(
                constant, Enum.GetUnderlyingType(constant.GetType()), CultureInfo.InvariantCulture);
        }

        if (property.Type == typeof(char))
        {
            Domain letters = Domains.Of(typeof(char))!;
            return letters.Fit(constant) == ConstantFit.Inside
                ? letters.Convert(constant)
                : constant;
        }

        return constant;
    }

    /// <summary>
    /// Whether both values were converted to the type in which the store compares them.
    /// </summary>
    private static bool AgreeWith(RecordValue left, RecordValue right)
    {
        if (left.ComparedAs != right.ComparedAs) return false;

        if (left.Type == right.Type && left.Type == left.ComparedAs) return true;

        Type? common = Domains.Common(Number(left.Type), Number(right.Type))?.Type;
        return common is not null && (common == left.ComparedAs
            || (Domains.IsInteger(common) && Domains.IsInteger(left.ComparedAs)));
    }

    private static Type Number(Type type) => type.IsEnum ? Enum.GetUnderlyingType(type) : type;

    private Guard TranslateCondition(Expression expression)
    {
        if (expression.Type != typeof(bool))
        {
            throw Refusal.Of(
                expression, "Compare conditions of type bool: add '== true' to the other side.");
        }

        return translateCondition(expression);
    }

    /// <summary>Whether this is a condition on the record, and not a value of it.</summary>
    private bool IsCondition(Expression expression)
    {
        if (RecordValueReader.WithoutNullable(expression.Type) != typeof(bool)) return false;

        while (expression is UnaryExpression { NodeType: ExpressionType.Convert } conversion)
            expression = conversion.Operand;

        bool isValue = expression is MemberExpression or ParameterExpression
                or MethodCallExpression { Method.Name: "get_Item" }
            && !RecordValueReader.IsNullableMember(expression, "HasValue");
        return !isValue && RecordUse.Uses(expression, record);
    }
}
