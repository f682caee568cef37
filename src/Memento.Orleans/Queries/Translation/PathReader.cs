using System.Linq.Expressions;
using System.Reflection;
using Memento.Queries.Evaluation;
using Memento.Tables.Documents;

namespace Memento.Queries.Translation;

/// <summary>
/// Finds a property of the record or of an object in it (<c>m.Address.City</c>), the value of a key
/// in a dictionary (<c>m.Meta["colour"]</c>), or the record itself if it is an item of a collection
/// and not an object.
/// </summary>
internal sealed class PathReader(ParameterExpression record)
{
    /// <returns>The operand, or null if the expression is something else.</returns>
    public Operand? TryRead(Expression expression)
    {
        if (expression == record && !IsObject(record.Type)) return ItemOperand.Instance;

        // From the last step to the first. The step of a key begins with a bracket; the step of a
        // name has no dot.
        var steps = new Stack<string>();
        Expression inner = expression;
        while (true)
        {
            if (inner is MemberExpression { Member: PropertyInfo property, Expression: { } owner })
            {
                owner = WithoutUpcast(owner);
                if (owner == record ? !IsObject(record.Type) : !IsStored(owner.Type, property))
                    return null;

                steps.Push(property.Name);
                inner = owner;
            }
            else if (TryReadKey(inner) is { } key)
            {
                steps.Push(GuardPath.Entry("", key));
                inner = WithoutUpcast(((MethodCallExpression)inner).Object!);
            }
            else
            {
                break;
            }
        }

        if (inner != record || !steps.TryPeek(out string? first)) return null;

        string start = first[0] == '[' ? Guard.Item : steps.Pop();
        return new PropertyOperand(steps.Aggregate(start, Join));
    }

    /// <summary>The name of a property of the record itself, not of an object in it.</summary>
    public string? TryReadOwn(Expression expression)
        => expression is MemberExpression { Expression: { } owner }
            && WithoutUpcast(owner) == record
            ? (TryRead(expression) as PropertyOperand)?.Name
            : null;

    private static string Join(string path, string step)
        => step[0] == '[' ? path + step : $"{path}.{step}";

    /// <summary>The key in <c>m.Meta["colour"]</c>, as text.</summary>
    private string? TryReadKey(Expression expression)
    {
        if (expression is not MethodCallExpression
            {
                Method.Name: "get_Item", Object: { } dictionary, Arguments: [Expression key],
            } call || DictionaryType.Of(dictionary.Type) is null
            || !RecordUse.Uses(dictionary, record))
        {
            return null;
        }

        if (RecordUse.Uses(key, record))
        {
            throw Refusal.Of(
                call,
                "A dictionary of the record is asked for a key that does not use the record.");
        }

        return GuardPath.KeyText(LocalEvaluator.Evaluate(key) ?? throw new ArgumentNullException(
            ExpressionText.Of(key), $"The predicate looks for a key that is null: '{call}'."));
    }

    /// <summary>The Value of a nullable is not a step: a property of null is null.</summary>
    private static Expression WithoutUpcast(Expression owner)
    {
        while (true)
        {
            if (owner is UnaryExpression { NodeType: ExpressionType.Convert } upcast
                && upcast.Type.IsAssignableFrom(upcast.Operand.Type))
                owner = upcast.Operand;
            else if (RecordValueReader.IsNullableMember(owner, "Value"))
                owner = ((MemberExpression)owner).Expression!;
            else
                return owner;
        }
    }

    private static bool IsStored(Type owner, PropertyInfo property)
        => IsObject(owner)
            && StoredProperties.Find(RecordValueReader.WithoutNullable(owner), property.Name)
                is not null;

    private static bool IsObject(Type type)
        => !IsScalar(type) && CollectionType.ItemOf(type) is null;

    private static bool IsScalar(Type type)
        => Domains.Of(RecordValueReader.WithoutNullable(type)) is not null;
}
