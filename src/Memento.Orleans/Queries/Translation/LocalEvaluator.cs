using System.Collections.ObjectModel;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using Memento.Queries.Evaluation;

namespace Memento.Queries.Translation;

/// <summary>
/// Evaluates the parts of a predicate that do not use the record, once. The usual expressions
/// (captured variables, properties, calls, constructors) are evaluated by reflection: compiling an
/// expression costs a hundred times as much. An exception of the caller's code is thrown unchanged.
/// </summary>
internal static class LocalEvaluator
{
    public static object? Evaluate(Expression expression) => expression switch
    {
        ConstantExpression constant => constant.Value,
        MemberExpression member => EvaluateMember(member),
        MethodCallExpression call when IsPlain(call) => EvaluateCall(call),
        NewExpression { Constructor: { } constructor } made when IsPlain(made.Arguments)
            => constructor.Invoke(
                BindingFlags.DoNotWrapExceptions,
                binder: null,
                EvaluateEach(made.Arguments),
                culture: null),
        NewArrayExpression { NodeType: ExpressionType.NewArrayInit } array => EvaluateArray(array),
        UnaryExpression { NodeType: ExpressionType.Convert, Method: null } unary
            => EvaluateConversion(unary),
        DefaultExpression { Type.IsValueType: false } => null,
        _ => Interpret(expression),
    };

    private static object? EvaluateMember(MemberExpression member)
    {
        Expression? owner = member.Expression;
        if (owner is null)
        {
            return member.Member is FieldInfo fixedField
                ? fixedField.GetValue(null)
                : Interpret(member);
        }

        // The runtime throws the right exception for a null owner.
        object? instance = owner.Type.IsByRefLike ? null : Evaluate(owner);
        if (RecordValueReader.IsNullableMember(member, nameof(Nullable<>.HasValue)))
            return instance is not null;

        if (instance is null) return Interpret(member);

        if (RecordValueReader.IsNullableMember(member, nameof(Nullable<>.Value))) return instance;

        return member.Member is FieldInfo field
            ? field.GetValue(instance)
            : ((PropertyInfo)member.Member).GetMethod!.Invoke(
                instance, BindingFlags.DoNotWrapExceptions, null, parameters: null, culture: null);
    }

    private static object? EvaluateCall(MethodCallExpression call)
    {
        object? instance = call.Object is null ? null : Evaluate(call.Object);
        if (call.Object is not null && instance is null) return Interpret(call);

        return call.Method.Invoke(
            instance,
            BindingFlags.DoNotWrapExceptions,
            binder: null,
            EvaluateEach(call.Arguments),
            culture: null);
    }

    /// <summary>
    /// Evaluates conversions that the compiler adds: to a nullable, to object, to a wider integer.
    /// </summary>
    private static object? EvaluateConversion(UnaryExpression conversion)
    {
        Type from = conversion.Operand.Type;
        Type to = conversion.Type;
        if (KeepsValue(from, to)) return Evaluate(conversion.Operand);

        Type wide = RecordValueReader.WithoutNullable(to);
        Type narrow = RecordValueReader.WithoutNullable(from);
        if (narrow.IsEnum) narrow = Enum.GetUnderlyingType(narrow);

        bool losesNull = from != RecordValueReader.WithoutNullable(from) && to == wide;
        bool isWidening = narrow == wide || NumericConversion.IsImplicit(narrow, wide);
        if (losesNull || !isWidening || wide.IsEnum || !Domains.IsInteger(wide))
            return Interpret(conversion);

        object? value = Evaluate(conversion.Operand);
        return value is null ? null : Convert.ChangeType(value, wide, CultureInfo.InvariantCulture);
    }

    private static object?[] EvaluateEach(ReadOnlyCollection<Expression> expressions)
    {
        var values = new object?[expressions.Count];
        for (int index = 0; index < values.Length; index++)
            values[index] = Evaluate(expressions[index]);

        return values;
    }

    private static Array EvaluateArray(NewArrayExpression array)
    {
        var values = Array.CreateInstance(
            array.Type.GetElementType()!, array.Expressions.Count);
        for (int index = 0; index < array.Expressions.Count; index++)
            values.SetValue(Evaluate(array.Expressions[index]), index);

        return values;
    }

    /// <summary>
    /// Whether the operands can be boxed. A null nullable boxes to no object, so a call on it
    /// cannot use reflection; and a span cannot be boxed.
    /// </summary>
    private static bool IsPlain(MethodCallExpression call)
        => (call.Object is null
                || (!call.Object.Type.IsByRefLike
                    && Nullable.GetUnderlyingType(call.Object.Type) is null))
            && IsPlain(call.Arguments)
            && !call.Type.IsByRefLike
            && !call.Method.GetParameters().Any(parameter => parameter.ParameterType.IsByRef);

    private static bool IsPlain(ReadOnlyCollection<Expression> arguments)
    {
        foreach (Expression argument in arguments)
        {
            if (argument.Type.IsByRefLike) return false;
        }

        return true;
    }

    /// <summary>Whether a conversion leaves a boxed value unchanged.</summary>
    private static bool KeepsValue(Type from, Type to)
        => (!from.IsValueType && !to.IsValueType && to.IsAssignableFrom(from))
            || (from.IsValueType && to == typeof(object))
            || Nullable.GetUnderlyingType(to) == from;

    private static object? Interpret(Expression expression)
    {
        Expression<Func<object?>> lambda = Expression.Lambda<Func<object?>>(
            Expression.Convert(expression, typeof(object)));

        // The interpreter boxes its values, and a span cannot be boxed.
        bool interpret = !SpanUse.Uses(expression);
        return lambda.Compile(interpret)();
    }
}

/// <summary>Finds values in an expression that cannot be boxed.</summary>
internal sealed class SpanUse : ExpressionVisitor
{
    private bool _found;

    private SpanUse()
    {
    }

    public static bool Uses(Expression expression)
    {
        var visitor = new SpanUse();
        visitor.Visit(expression);
        return visitor._found;
    }

    public override Expression? Visit(Expression? node)
    {
        _found |= node is { Type.IsByRefLike: true };
        return _found ? node : base.Visit(node);
    }
}
