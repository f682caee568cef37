using System.Linq.Expressions;

namespace Memento.Queries.Translation;

/// <summary>
/// Translates the operators that join conditions, and passes each condition to its translator.
/// </summary>
internal sealed class PredicateTranslator
{
    private readonly ParameterExpression _record;
    private readonly RecordValueReader _values;
    private readonly ComparisonTranslator _comparisons;
    private readonly CallTranslator _calls;
    private int _depth;

    public PredicateTranslator(ParameterExpression record)
    {
        _record = record;
        var conditions = new ItemConditions(record, TranslateItem);
        _values = new RecordValueReader(record, conditions);
        _comparisons = new ComparisonTranslator(record, _values, Translate);
        _calls = new CallTranslator(
            record,
            _values,
            _comparisons,
            new CollectionTranslator(
                record, _values, conditions, new LocalItemTranslator(Translate)),
            new DictionaryTranslator(record, _values));
    }

    private PredicateTranslator(ParameterExpression item, int depth)
        : this(item)
        => _depth = depth;

    /// <summary>It is recursive, and no deeper than a guard may be.</summary>
    public Guard Translate(Expression expression)
    {
        GuardSize.RequireDepth(++_depth);
        Guard guard = expression switch
        {
            BinaryExpression binary => TranslateBinary(binary),
            UnaryExpression { NodeType: ExpressionType.Not } not when not.Type == typeof(bool)
                && not.Method is null => TranslateNot(not),
            _ when !RecordUse.Uses(expression, _record) => TranslateLocal(expression),
            MethodCallExpression call => _calls.Translate(call),
            MemberExpression member when RecordValueReader.IsNullableMember(member, "HasValue")
                => _values.Read(member.Expression!).IsNotNull,
            MemberExpression or UnaryExpression or ParameterExpression
                => _comparisons.TranslateFlag(expression),
            _ => throw Refusal.Of(expression),
        };
        _depth--;
        return guard;
    }

    private Guard TranslateBinary(BinaryExpression binary)
    {
        bool isCondition = binary.Type == typeof(bool) && binary.Left.Type == typeof(bool)
            && binary.Method is null;
        switch (binary.NodeType)
        {
            case ExpressionType.AndAlso or ExpressionType.And when isCondition:
                return TranslateJunction(binary, isAnd: true);
            case ExpressionType.OrElse or ExpressionType.Or when isCondition:
                return TranslateJunction(binary, isAnd: false);
            case var _ when !RecordUse.Uses(binary, _record):
                return TranslateLocal(binary);
            case ExpressionType.ExclusiveOr when isCondition:
                return _comparisons.TranslateConditions(GuardOperator.NotEqual, binary);
            case ExpressionType.Coalesce when binary.Type == typeof(bool):
                return TranslateFallback(binary);
            default:
                return _comparisons.Translate(binary);
        }
    }

    /// <summary>
    /// Walks a chain of any length without recursion. As in C#, nothing is evaluated after an
    /// operand that decides: <c>name == null || m.Title == name.Trim()</c> relies on that.
    /// </summary>
    private Guard TranslateJunction(BinaryExpression chain, bool isAnd)
    {
        var operands = new Stack<Expression>([chain]);
        var guards = new List<Guard>();
        while (operands.TryPop(out Expression? operand))
        {
            if (operand is BinaryExpression same && IsJunction(same, isAnd))
            {
                operands.Push(same.Right);
                operands.Push(same.Left);
                continue;
            }

            Guard guard = Translate(operand);
            guards.Add(guard);
            if (guard.Root is TruthNode truth && truth.Value != isAnd) return guard;
        }

        return isAnd ? Guard.And(guards) : Guard.Or(guards);
    }

    private static bool IsJunction(BinaryExpression binary, bool isAnd)
        => binary.Type == typeof(bool) && binary.Method is null && (isAnd
            ? binary.NodeType is ExpressionType.AndAlso or ExpressionType.And
            : binary.NodeType is ExpressionType.OrElse or ExpressionType.Or);

    private Guard TranslateNot(UnaryExpression not)
    {
        // The form that an index can answer.
        if (_values.TryReadProperty(not.Operand, out string? flag)) return Guard.Equal(flag, false);

        return Guard.Not(Translate(not.Operand));
    }

    private static Guard TranslateLocal(Expression expression)
        => (bool)LocalEvaluator.Evaluate(expression)! ? Guard.True : Guard.False;

    /// <summary><c>m.IsActive ?? false</c></summary>
    private Guard TranslateFallback(BinaryExpression binary)
    {
        if (RecordUse.Uses(binary.Right, _record) || binary.Conversion is not null)
            throw Refusal.Of(binary);

        RecordValue flag = _values.Read(binary.Left);
        bool fallback = (bool)LocalEvaluator.Evaluate(binary.Right)!;
        return fallback
            ? Guard.Compare(GuardOperator.NotEqual, flag.Operand, false)
            : Guard.Compare(GuardOperator.Equal, flag.Operand, true);
    }

    /// <summary>A condition on the items of a collection, which does not use the record.</summary>
    private Guard TranslateItem(LambdaExpression condition)
        => new PredicateTranslator(condition.Parameters[0], _depth).Translate(condition.Body);
}
