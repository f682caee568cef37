using System.Linq.Expressions;
using Memento.Queries.Evaluation;

namespace Memento.Queries.Translation;

/// <summary>
/// Translates conditions on the collections in a record, and conditions on lists that use the
/// record.
/// </summary>
internal sealed class CollectionTranslator(
    ParameterExpression record,
    RecordValueReader values,
    ItemConditions conditions,
    LocalItemTranslator localItems)
{
    /// <summary>Whether a method asks for an item, with a condition or without.</summary>
    public static bool IsKnown(string method)
        => method is nameof(Enumerable.Any) or nameof(Enumerable.All)
            or nameof(List<>.Exists) or nameof(List<>.TrueForAll);

    public Guard TranslateItems(MethodCallExpression call)
    {
        List<Expression> parts = [.. call.Arguments];
        if (call.Object is not null) parts.Insert(0, call.Object);

        bool isFrameworks = call.Method.DeclaringType == typeof(Enumerable)
            || call.Method.DeclaringType == typeof(Array)
            || LocalList.IsFrameworks(call.Method.DeclaringType!);
        if (!isFrameworks || parts.Count > 2) throw Refusal.Of(call);

        if (!RecordUse.Uses(parts[0], record))
            return localItems.Translate(call, parts[0], parts[1]);

        RecordValue collection = ReadCollection(parts[0], call);
        if (parts.Count == 1) return Guard.Any(collection.Operand, item: null);

        Guard item = conditions.Read(call, parts[1]);
        return call.Method.Name is nameof(Enumerable.Any) or nameof(List<>.Exists)
            ? Guard.Any(collection.Operand, item)
            : Guard.All(collection.Operand, item);
    }

    /// <summary><c>m.Tags.Contains("crime")</c></summary>
    public Guard TranslateContains(MethodCallExpression call, Expression items, Expression value)
    {
        if (RecordUse.Uses(value, record))
            throw Refusal.Of(call, "A collection of the record is asked for a value.");

        RecordValue collection = ReadCollection(items, call);
        Type type = RecordValueReader.WithoutNullable(CollectionType.ItemOf(collection.Type)!);
        if (Domains.Of(type) is null)
            throw Refusal.Of(call, "Use Any with a condition on the item's properties.");

        return Guard.HasItem(collection.Operand, LocalEvaluator.Evaluate(value));
    }

    private RecordValue ReadCollection(Expression expression, MethodCallExpression call)
    {
        RecordValue collection = values.Read(expression);
        return CollectionType.ItemOf(collection.Type) is not null
            ? collection
            : throw Refusal.Of(call);
    }
}

/// <summary>Reads the conditions of a predicate on the items of a collection.</summary>
internal sealed class ItemConditions(
    ParameterExpression record, Func<LambdaExpression, Guard> translate)
{
    /// <summary>The condition as a guard about an item.</summary>
    /// <param name="call">The call that has the condition as an argument, for messages.</param>
    /// <param name="condition">The condition.</param>
    /// <exception cref="QueryNotSupportedException">
    /// The condition is not written in place, or uses the record.
    /// </exception>
    public Guard Read(MethodCallExpression call, Expression condition)
    {
        LambdaExpression lambda = InPlace(call, condition);
        if (RecordUse.Uses(lambda.Body, record))
        {
            throw Refusal.Of(
                call, "The condition on an item may use the item and values, not the record.");
        }

        return translate(lambda);
    }

    public static LambdaExpression InPlace(MethodCallExpression call, Expression condition)
        => (condition is UnaryExpression { NodeType: ExpressionType.Quote } quote
            ? quote.Operand
            : condition) as LambdaExpression
            ?? throw Refusal.Of(call, "Write the condition on the items in place.");
}
