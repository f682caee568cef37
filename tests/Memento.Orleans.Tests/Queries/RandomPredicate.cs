using System.Linq.Expressions;
using System.Reflection;

namespace Memento.Tests.Queries;

/// <summary>
/// Makes predicates as the C# compiler would. Beside each it makes a predicate with the same
/// meaning for a compiled delegate, in which a call on null would throw.
/// </summary>
internal sealed class RandomPredicate(Random random)
{
    private static readonly PropertyInfo[] Properties =
        [.. typeof(Sample).GetProperties().Where(property => Pool.Has(property.PropertyType))];

    private static readonly Type[] Numbers =
    [
        typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(float), typeof(double),
        typeof(decimal),
    ];

    private readonly ParameterExpression _record = Expression.Parameter(typeof(Sample), "m");

    public (Expression<Func<Sample, bool>> Query, Expression<Func<Sample, bool>> Oracle) Next()
    {
        (Expression query, Expression oracle) = Condition(depth: 3);
        return (
            Expression.Lambda<Func<Sample, bool>>(query, _record),
            Expression.Lambda<Func<Sample, bool>>(oracle, _record));
    }

    /// <summary>One to three conditions that all hold, each on one of some properties.</summary>
    public (Expression<Func<Sample, bool>> Query, Expression<Func<Sample, bool>> Oracle) NextOf(
        IReadOnlyList<string> properties)
    {
        Expression all = Either(properties);
        for (int more = random.Next(3); more > 0; more--)
            all = Expression.AndAlso(all, Either(properties));

        var predicate = Expression.Lambda<Func<Sample, bool>>(all, _record);
        return (predicate, predicate);
    }

    private Expression Either(IReadOnlyList<string> properties)
    {
        string name = properties[random.Next(properties.Count)];
        PropertyInfo property = Array.Find(Properties, each => each.Name == name)!;
        Expression condition = Simple(property);
        return random.Next(6) == 0
            ? Expression.OrElse(condition, Simple(property))
            : condition;
    }

    private (Expression Query, Expression Oracle) Condition(int depth)
    {
        int choice = depth == 0 ? 9 : random.Next(10);
        if (choice > 3) return Leaf();

        (Expression query, Expression oracle) = Condition(depth - 1);
        if (choice == 0) return (Expression.Not(query), Expression.Not(oracle));

        (Expression other, Expression otherOracle) = Condition(depth - 1);
        ExpressionType joined = choice switch
        {
            1 => ExpressionType.AndAlso,
            2 => ExpressionType.OrElse,
            _ => random.Next(2) == 0 ? ExpressionType.Equal : ExpressionType.ExclusiveOr,
        };
        return (
            Expression.MakeBinary(joined, query, other),
            Expression.MakeBinary(joined, oracle, otherOracle));
    }

    private (Expression Query, Expression Oracle) Leaf()
    {
        if (random.Next(3) == 0) return CompareOperand();

        if (random.Next(4) == 0)
        {
            Expression query = RandomTemplate.Condition(random, _record);
            return (query, RandomTemplate.OrFalse(query));
        }

        Expression leaf = Simple(Properties[random.Next(Properties.Length)]);
        return (leaf, leaf);
    }

    private Expression Simple(PropertyInfo info)
    {
        Expression property = Expression.Property(_record, info);
        return random.Next(6) switch
        {
            0 => Contains(property),
            1 => NullTest(property),
            2 => Compare(property, Expression.Property(_record, Partner(info.PropertyType))),
            _ => Compare(property, Constant(info.PropertyType)),
        };
    }

    /// <summary>
    /// Compares operands made of properties; if C# throws, the value counts as null.
    /// </summary>
    private (Expression Query, Expression Oracle) CompareOperand()
    {
        Expression query = random.Next(2) == 0
            ? RandomTemplate.Value(random, _record)
            : Arithmetic();
        Expression oracle = RandomTemplate.OrNull(query);
        bool hasPartner = Properties.Any(
            other => Common(query.Type, other.PropertyType) is not null);
        Expression other = hasPartner && random.Next(4) == 0
            ? Expression.Property(_record, Partner(query.Type))
            : Constant(query.Type);
        var compare = (BinaryExpression)Compare(query, other);
        bool isSwapped = compare.Left == other || Inner(compare.Left) == other;
        return (compare, Again(compare, isSwapped ? other : oracle, isSwapped ? oracle : other));
    }

    private static Expression Inner(Expression expression)
        => expression is UnaryExpression { NodeType: ExpressionType.Convert } conversion
            ? conversion.Operand
            : expression;

    /// <summary>The same comparison with other sides, one of which may now be null.</summary>
    private static BinaryExpression Again(
        BinaryExpression compare, Expression left, Expression right)
    {
        Type type = Value(compare.Left.Type);
        if (type.IsValueType) type = typeof(Nullable<>).MakeGenericType(type);

        return Expression.MakeBinary(compare.NodeType, As(left, type), As(right, type));
    }

    /// <summary>A calculation with two properties, or one and a value.</summary>
    private BinaryExpression Arithmetic()
    {
        PropertyInfo[] numbers =
            [.. Properties.Where(property => Rank(Value(property.PropertyType)) >= 0)];
        PropertyInfo info = numbers[random.Next(numbers.Length)];
        Expression left = Expression.Property(_record, info);
        Type[] others = [.. Numbers.Where(number => Common(info.PropertyType, number) is not null)];
        Expression right = random.Next(2) == 0
            ? Expression.Property(_record, Partner(info.PropertyType))
            : Exactly(others[random.Next(others.Length)]);
        Type common = Common(left.Type, right.Type)!;
        bool isLifted = Value(left.Type) != left.Type || Value(right.Type) != right.Type;
        Type type = isLifted ? typeof(Nullable<>).MakeGenericType(common) : common;
        ExpressionType[] operators =
            common == typeof(float) || common == typeof(double) || common == typeof(decimal)
                ? RandomTemplate.Operators[..5]
                : RandomTemplate.Operators;
        return Expression.MakeBinary(
            operators[random.Next(operators.Length)], As(left, type), As(right, type));
    }

    private Expression NullTest(Expression property)
    {
        if (Nullable.GetUnderlyingType(property.Type) is not null && random.Next(2) == 0)
            return Expression.Property(property, "HasValue");

        return property.Type == typeof(bool)
            ? property
            : Compare(property, Constant(property.Type));
    }

    /// <summary>Any of the ways in which C# asks a collection.</summary>
    private MethodCallExpression Contains(Expression property)
    {
        Type type = property.Type;
        var values = Array.CreateInstance(type, random.Next(12));
        for (int index = 0; index < values.Length; index++)
            values.SetValue(Pool.Pick(random, type, type == typeof(string)), index);

        Type kind = random.Next(2) == 0 ? typeof(List<>) : typeof(HashSet<>);
        object collection = Activator.CreateInstance(kind.MakeGenericType(type), values)!;
        return random.Next(2) == 0
            ? Expression.Call(
                typeof(Enumerable), "Contains", [type], Expression.Constant(values), property)
            : Expression.Call(Expression.Constant(collection), "Contains", null, property);
    }

    /// <summary>A property of the same type, or of another that it can be compared with.</summary>
    private PropertyInfo Partner(Type type)
    {
        PropertyInfo[] partners =
        [
            .. Properties.Where(
                other => Common(type, other.PropertyType) is not null),
        ];
        return partners[random.Next(partners.Length)];
    }

    private ConstantExpression Exactly(Type type)
        => Expression.Constant(Pool.Pick(random, type, orNull: false), type);

    private ConstantExpression Constant(Type type)
    {
        Type[] comparable =
            [.. Numbers.Where(number => Common(type, number) is not null && Value(type) != number)];
        if (comparable.Length > 0 && !Value(type).IsEnum && random.Next(2) == 0)
            type = comparable[random.Next(comparable.Length)];

        bool orNull = type == typeof(string);
        return Expression.Constant(Pool.Pick(random, type, orNull), type);
    }

    private BinaryExpression Compare(Expression left, Expression right)
    {
        if (random.Next(4) == 0) (left, right) = (right, left);

        Type common = Common(left.Type, right.Type)!;
        bool lifted = common.IsValueType && (Value(left.Type) != left.Type
            || Value(right.Type) != right.Type);
        Type type = lifted ? typeof(Nullable<>).MakeGenericType(common) : common;
        int operators = common == typeof(bool) || common == typeof(string) ? 2 : 6;
        ExpressionType comparison = random.Next(operators) switch
        {
            0 => ExpressionType.Equal,
            1 => ExpressionType.NotEqual,
            2 => ExpressionType.LessThan,
            3 => ExpressionType.LessThanOrEqual,
            4 => ExpressionType.GreaterThan,
            _ => ExpressionType.GreaterThanOrEqual,
        };
        return Expression.MakeBinary(comparison, As(left, type), As(right, type));
    }

    private static Expression As(Expression expression, Type type)
        => expression.Type == type ? expression : Expression.Convert(expression, type);

    private static Type Value(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    /// <summary>The type in which C# compares two; null where it does not.</summary>
    private static Type? Common(Type left, Type right)
    {
        left = Value(left);
        right = Value(right);
        if (left.IsEnum || right.IsEnum) return left == right ? typeof(int) : null;

        int first = Rank(left);
        int second = Rank(right);
        if (first < 0 || second < 0) return left == right ? left : null;

        Type higher = Numbers[Math.Max(first, second)];
        Type lower = first < second ? left : right;
        if (higher == typeof(decimal))
            return lower == typeof(float) || lower == typeof(double) ? null : higher;

        if (higher == typeof(ulong)) return IsSigned(lower) ? null : higher;

        return higher == typeof(uint) && IsSigned(lower) ? typeof(long) : higher;
    }

    private static int Rank(Type type)
    {
        bool isSmall = type == typeof(sbyte) || type == typeof(byte) || type == typeof(short)
            || type == typeof(ushort) || type == typeof(char);
        return isSmall ? 0 : Array.IndexOf(Numbers, type);
    }

    private static bool IsSigned(Type type) => type == typeof(sbyte) || type == typeof(short)
        || type == typeof(int) || type == typeof(long);
}
