using System.Collections;
using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Reflection;

namespace Memento.Queries.Translation;

/// <summary>
/// Reads the values of a local collection whose Contains uses the same equality as the store. A set
/// with its own comparer, or a collection of the application, could answer differently.
/// </summary>
internal static class LocalList
{
    /// <summary>
    /// The beginning of the compiler's name for the type of <c>IReadOnlyList&lt;int&gt; x = [1,
    /// 2]</c>.
    /// </summary>
    private const string CollectionExpression = "<>z__";

    /// <returns>
    /// The values, or null if the meaning of the collection's Contains is not known.
    /// </returns>
    public static IEnumerable? TryRead(object collection)
    {
        Type type = collection.GetType();
        if (collection is not IEnumerable values) return null;

        if (type.IsArray || collection is string || !Implements(type, typeof(ICollection<>))
            || type.Name.StartsWith(CollectionExpression, StringComparison.Ordinal))
        {
            return values;
        }

        if (!IsFrameworks(type)) return null;

        PropertyInfo? comparer = type.GetProperty("Comparer") ?? type.GetProperty("KeyComparer");
        if (comparer is not null) return IsOrdinary(comparer, collection) ? values : null;

        bool isView = type.IsNested && type.DeclaringType!.Name.Contains(
            "Dictionary", StringComparison.Ordinal);
        return isView || Implements(type, typeof(IReadOnlySet<>)) ? null : values;
    }

    public static bool IsFrameworks(Type type)
        => type.Assembly.GetName().Name!.StartsWith("System.", StringComparison.Ordinal);

    private static bool Implements(Type type, Type face)
        => type.GetInterfaces().Any(
            candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == face);

    private static bool IsOrdinary(PropertyInfo property, object collection)
    {
        object? comparer = property.GetValue(collection);
        if (comparer is null || ReferenceEquals(comparer, StringComparer.Ordinal)) return true;

        Type type = property.PropertyType;
        Type[] arguments = type.IsGenericType ? type.GetGenericArguments() : [];
        if (arguments is not [Type item]) return false;

        // The default order of strings depends on a culture; other default orders equal the
        // operators.
        bool isOrder = type.GetGenericTypeDefinition() == typeof(IComparer<>);
        if (isOrder && item == typeof(string)) return false;

        Type standard = (isOrder ? typeof(Comparer<>) : typeof(EqualityComparer<>))
            .MakeGenericType(item);
        object? ordinary = standard.GetProperty("Default")!.GetValue(null);
        return ReferenceEquals(comparer, ordinary) || comparer.Equals(ordinary);
    }
}

/// <summary>
/// Translates a condition on the record that is asked for each value of a local list:
/// <c>wanted.Any(tag => m.Tags.Contains(tag))</c> is the condition of one value or of another.
/// </summary>
internal sealed class LocalItemTranslator(Func<Expression, Guard> translate)
{
    /// <param name="call">The call of Any, All, Exists or TrueForAll.</param>
    /// <param name="list">The list, an expression without the record.</param>
    /// <param name="condition">The condition, which uses the record.</param>
    public Guard Translate(MethodCallExpression call, Expression list, Expression condition)
    {
        LambdaExpression lambda = ItemConditions.InPlace(call, condition);
        object values = LocalEvaluator.Evaluate(list) ?? throw new ArgumentNullException(
            ExpressionText.Of(list), "The list that the predicate asks is null.");
        bool isAny = call.Method.Name is nameof(Enumerable.Any) or nameof(List<>.Exists);
        var guards = new List<Guard>();
        foreach (object? value in (IEnumerable)values)
        {
            GuardSize.RequireListItems(guards.Count + 1);
            Guard guard = translate(Bind(lambda, value));
            guards.Add(guard);
            if (ListOf(guard.Root) is null) GuardSize.RequireNodes(guards.Count);

            // As in C#, nothing is evaluated after a value that decides.
            if (guard.Root is TruthNode truth && truth.Value == isAny) return guard;
        }

        return isAny ? Guard.Or(InOneList(guards)) : Guard.And(guards);
    }

    private static Expression Bind(LambdaExpression condition, object? value)
    {
        ParameterExpression item = condition.Parameters[0];
        return new Binding(item, Expression.Constant(value, item.Type)).Visit(condition.Body);
    }

    /// <summary>
    /// Joins the conditions that compare one property for equality into one list of values, which
    /// an index can look up.
    /// </summary>
    private static List<Guard> InOneList(List<Guard> guards)
    {
        if (guards.Count < 2 || ListOf(guards[0].Root) is not { } first) return guards;

        var values = new List<object?>(guards.Count);
        foreach (Guard guard in guards)
        {
            if (ListOf(guard.Root) is not { } list || list.Path != first.Path
                || list.IsOfItems != first.IsOfItems)
            {
                return guards;
            }

            values.AddRange(list.Values);
        }

        var property = new PropertyOperand(first.Path);
        return first.IsOfItems
            ? [Guard.Any(property, Guard.In(ItemOperand.Instance, values))]
            : [Guard.In(property, values)];
    }

    private static (string Path, bool IsOfItems, ImmutableArray<object?> Values)? ListOf(
        GuardNode node)
        => node switch
        {
            // A list finds NaN; an operator does not.
            CompareNode
            {
                Operator: GuardOperator.Equal,
                Left: PropertyOperand property,
                Right: ConstantOperand { Value: not (double or float) } constant,
            } => (property.Name, false, [constant.Value]),
            InNode { Operand: PropertyOperand property } list
                => (property.Name, false, list.Values),
            AnyNode
            {
                Operand: PropertyOperand property,
                Item: InNode { Operand: ItemOperand } list,
            } => (property.Name, true, list.Values),
            _ => null,
        };

    private sealed class Binding(ParameterExpression item, ConstantExpression value)
        : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node)
            => node == item ? value : node;
    }
}
