using System.Reflection;

namespace Memento.Queries.Evaluation;

/// <summary>
/// Binds the operands and conditions on collections. A collection that is null has no items.
/// </summary>
internal static class CollectionBinder
{
    /// <summary>The number of items; null if the value is not a collection.</summary>
    public static BoundValue<TRecord>? Count<TRecord>(
        BoundValue<TRecord> collection, FunctionOperand operand)
        => CollectionType.ItemOf(collection.Shape.ValueType) is { } item
            ? (BoundValue<TRecord>)Invoke<TRecord>(nameof(CountOf), collection, item, operand)
            : null;

    /// <summary>The number of items that satisfy a condition.</summary>
    /// <exception cref="ArgumentException">The value is not a collection.</exception>
    public static BoundValue<TRecord> Count<TRecord>(
        OperandBinder<TRecord> scope, CountOperand operand)
    {
        BoundValue<TRecord> collection = scope.Bind(operand.Collection);
        Type item = CollectionType.ItemOf(collection.Shape.ValueType)
            ?? throw scope.Binder.NoCollection(collection.Shape);
        return (BoundValue<TRecord>)Invoke<TRecord>(
            nameof(CountThatOf), collection, item, new CountArguments(scope.Binder, operand));
    }

    /// <summary>
    /// Whether an item satisfies a condition; null if the value is not a collection.
    /// </summary>
    public static Func<TRecord, bool>? Any<TRecord>(
        GuardBinder binder, BoundValue<TRecord> collection, GuardNode? condition)
        => CollectionType.ItemOf(collection.Shape.ValueType) is { } item
            ? (Func<TRecord, bool>)Invoke<TRecord>(
                nameof(AnyOf), collection, item, new AnyArguments(binder, condition))
            : null;

    private static object Invoke<TRecord>(
        string method, BoundValue<TRecord> collection, Type item, object argument)
        => typeof(CollectionBinder)
            .GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(typeof(TRecord), collection.Shape.ValueType, item)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [collection, argument], null)!;

    private static BoundValue<TRecord, int> CountOf<TRecord, TCollection, TItem>(
        BoundValue<TRecord, TCollection> collection, FunctionOperand operand)
        where TCollection : IEnumerable<TItem>
        => new(
            ValueShape.OfResult(operand, typeof(int)),
            (record, out value) =>
            {
                bool has = TryGet(collection, record, out TCollection items);
                value = has ? items.Count() : 0;
                return has;
            });

    private static BoundValue<TRecord, int> CountThatOf<TRecord, TCollection, TItem>(
        BoundValue<TRecord, TCollection> collection, CountArguments arguments)
        where TCollection : IEnumerable<TItem>
    {
        Func<TItem, bool> matches = Compile<TItem>(arguments.Binder, arguments.Operand.Item);
        return new BoundValue<TRecord, int>(
            ValueShape.OfResult(arguments.Operand, typeof(int)),
            (record, out value) =>
            {
                bool has = TryGet(collection, record, out TCollection items);
                value = has ? items.Count(matches) : 0;
                return has;
            });
    }

    private static Func<TRecord, bool> AnyOf<TRecord, TCollection, TItem>(
        BoundValue<TRecord, TCollection> collection, AnyArguments arguments)
        where TCollection : IEnumerable<TItem>
    {
        Func<TItem, bool> matches = arguments.Condition is null
            ? static _ => true
            : Compile<TItem>(arguments.Binder, arguments.Condition);
        return record =>
        {
            if (!TryGet(collection, record, out TCollection items)) return false;

            foreach (TItem item in items)
            {
                if (matches(item)) return true;
            }

            return false;
        };
    }

    private static bool TryGet<TRecord, TCollection>(
        BoundValue<TRecord, TCollection> collection, TRecord record, out TCollection items)
        => collection.TryGet(record, out items) && !CollectionType.IsDefault(items);

    private static Func<TItem, bool> Compile<TItem>(GuardBinder binder, GuardNode condition)
        => new GuardCompilation<TItem>(new ItemScope<TItem>(binder)).Compile(condition);

    private sealed record CountArguments(GuardBinder Binder, CountOperand Operand);

    private sealed record AnyArguments(GuardBinder Binder, GuardNode? Condition);
}

/// <summary>
/// Finds the collections among the types of values, and the types of their items.
/// </summary>
internal static class CollectionType
{
    /// <summary>
    /// The type of the items; null if the type is not a collection; a text is none.
    /// </summary>
    public static Type? ItemOf(Type type)
    {
        if (type == typeof(string)) return null;

        Type[] faces = [type, .. type.GetInterfaces()];
        Type[] sequences =
        [
            .. faces.Where(face => face.IsGenericType
                && face.GetGenericTypeDefinition() == typeof(IEnumerable<>)),
        ];
        return sequences is [Type only] ? only.GetGenericArguments()[0] : null;
    }

    /// <summary>Whether the collection is a default struct, which counts as null.</summary>
    public static bool IsDefault<TCollection>(TCollection collection)
        => default(TCollection) is not null
            && EqualityComparer<TCollection>.Default.Equals(collection, default);
}

/// <summary>Binds the names in a guard about the items of a collection.</summary>
internal sealed class ItemScope<TItem>(GuardBinder binder) : OperandBinder<TItem>(binder)
{
    protected override BoundValue<TItem> BindItem(ItemOperand item)
    {
        ValueShape shape = ValueShape.OfResult(item, typeof(TItem));
        if (shape.ValueType == typeof(TItem)) return ItemValue.Of<TItem>(shape);

        MethodInfo method = typeof(ItemValue).GetMethod(nameof(ItemValue.OfNullable))!
            .MakeGenericMethod(shape.ValueType);
        return (BoundValue<TItem>)method.Invoke(null, [shape])!;
    }

    protected override BoundValue<TItem> BindFirst(string name, string path)
        => BindMember(BindItem(ItemOperand.Instance), name, path);
}

/// <summary>The item of a collection as a value.</summary>
internal static class ItemValue
{
    public static BoundValue<TItem> Of<TItem>(ValueShape shape)
        => new BoundValue<TItem, TItem>(
            shape,
            static (item, out value) =>
            {
                value = item;
                return item is not null;
            });

    public static BoundValue<TItem?> OfNullable<TItem>(ValueShape shape)
        where TItem : struct
        => new BoundValue<TItem?, TItem>(
            shape,
            static (item, out value) =>
            {
                value = item.GetValueOrDefault();
                return item.HasValue;
            });
}
