using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Memento.Queries.Evaluation;

namespace Memento.Queries.Translation;

/// <summary>
/// Finds the value under the conversions that the compiler adds: small integers and enums become
/// int, values become nullable, and Value of a nullable is the value or null.
/// </summary>
internal sealed class RecordValueReader
{
    private readonly PathReader _paths;
    private readonly FunctionReader _functions;
    private readonly ArithmeticReader _arithmetic;
    private int _depth;

    public RecordValueReader(ParameterExpression record, ItemConditions conditions)
    {
        _paths = new PathReader(record);
        _functions = new FunctionReader(this, conditions);
        _arithmetic = new ArithmeticReader(record, this);
    }

    /// <exception cref="QueryNotSupportedException">
    /// The expression is not a known value.
    /// </exception>
    public RecordValue Read(Expression expression)
    {
        var conversions = new Stack<Type>();
        Expression inner = expression;
        while (true)
        {
            if (inner is UnaryExpression
                {
                    NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked,
                } conversion)
            {
                if (!IsUpcastOfItems(conversion))
                    conversions.Push(WithoutNullable(conversion.Type));

                inner = conversion.Operand;
            }
            else if (IsNullableMember(inner, "Value"))
            {
                inner = ((MemberExpression)inner).Expression!;
            }
            else
            {
                break;
            }
        }

        (Operand operand, Type? enumOfBits) = ReadInner(inner);
        Type type = WithoutNullable(inner.Type);
        Type comparedAs = Follow(type, conversions, enumOfBits) ?? throw Refusal.Of(expression);
        Type? enumType = type.IsEnum ? type : enumOfBits;
        return new RecordValue(operand, type, comparedAs, enumType, expression);
    }

    /// <summary>
    /// Whether the expression is a property of the record itself, not of an object in it.
    /// </summary>
    public bool TryReadProperty(Expression expression, [NotNullWhen(true)] out string? name)
    {
        name = _paths.TryReadOwn(expression);
        return name is not null;
    }

    /// <summary>Whether this is HasValue or Value of a nullable.</summary>
    public static bool IsNullableMember(Expression expression, string name)
        => expression is MemberExpression { Expression: { } owner } member
            && member.Member.Name == name
            && Nullable.GetUnderlyingType(owner.Type) is not null;

    public static Type WithoutNullable(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    /// <summary>
    /// Whether a collection is converted to one of its interfaces, as in a call of
    /// <see cref="Enumerable"/> on an immutable array. The items do not change.
    /// </summary>
    private static bool IsUpcastOfItems(UnaryExpression conversion)
        => conversion.Type.IsInterface && conversion.Type.IsAssignableFrom(conversion.Operand.Type)
            && CollectionType.ItemOf(conversion.Operand.Type) is not null;

    /// <summary>It is recursive, and no deeper than a guard may be.</summary>
    private (Operand Operand, Type? EnumOfBits) ReadInner(Expression inner)
    {
        GuardSize.RequireDepth(++_depth);
        Operand? operand = _paths.TryRead(inner) ?? _functions.TryRead(inner);
        Type? enumOfBits = null;
        if (operand is null && inner is BinaryExpression binary)
            (operand, enumOfBits) = _arithmetic.Read(binary);

        if (operand is null && inner is UnaryExpression unary) operand = _arithmetic.Read(unary);

        _depth--;
        return operand is not null ? (operand, enumOfBits) : throw Refusal.Of(inner);
    }

    /// <summary>
    /// The type after conversions that cannot change the result of a comparison; null for other
    /// conversions. Only the last one may round, because the comparison itself rounds in the same
    /// way. Bits of an enum's values fit into the enum.
    /// </summary>
    private static Type? Follow(Type type, Stack<Type> conversions, Type? enumOfBits)
    {
        bool hasRounded = false;
        foreach (Type next in conversions)
        {
            if (next == type) continue;

            Type from = type.IsEnum ? Enum.GetUnderlyingType(type) : type;
            bool isExact = from == next || NumericConversion.IsImplicit(from, next)
                || next == enumOfBits;
            if (hasRounded || !isExact) return null;

            hasRounded = NumericConversion.Rounds(from, next);
            type = next;
        }

        return type;
    }
}

/// <summary>
/// A value of the record in an expression, under conversions that lose nothing.
/// </summary>
/// <param name="Operand">The value in a guard.</param>
/// <param name="Type">The type of the value, without Nullable.</param>
/// <param name="ComparedAs">The type, without Nullable, to which the value was converted.</param>
/// <param name="EnumType">The enum whose values or bits these are; otherwise null.</param>
/// <param name="Expression">The whole expression, for messages.</param>
internal sealed record RecordValue(
    Operand Operand, Type Type, Type ComparedAs, Type? EnumType, Expression Expression)
{
    public Guard IsNull => Guard.Compare(GuardOperator.Equal, Operand, value: null);

    public Guard IsNotNull => Guard.Compare(GuardOperator.NotEqual, Operand, value: null);
}

/// <summary>
/// Finds uses of the record in an expression. An expression without one is evaluated in place.
/// </summary>
internal sealed class RecordUse : ExpressionVisitor
{
    private readonly ParameterExpression _record;
    private bool _found;

    private RecordUse(ParameterExpression record) => _record = record;

    public static bool Uses(Expression expression, ParameterExpression record)
    {
        var visitor = new RecordUse(record);
        visitor.Visit(expression);
        return visitor._found;
    }

    public override Expression? Visit(Expression? node)
    {
        if (_found) return node;

        RuntimeHelpers.EnsureSufficientExecutionStack();
        return base.Visit(node);
    }

    protected override Expression VisitParameter(ParameterExpression node)
    {
        _found |= node == _record;
        return node;
    }
}
