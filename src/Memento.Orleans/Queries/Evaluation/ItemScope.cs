using System.Reflection;

namespace Memento.Queries.Evaluation;

/// <summary>Finds what a guard about the items of a collection names.</summary>
internal sealed class ItemScope<TItem>(GuardBinder binder) : OperandBinder<TItem>(binder)
{
    protected override BoundValue<TItem> BindItem(ItemOperand item)
    {
        ValueShape shape = ValueShape.OfResult(item, typeof(TItem));
        if (shape.ValueType == typeof(TItem))
            return ItemValue.Of<TItem>(shape);

        MethodInfo method = typeof(ItemValue).GetMethod(nameof(ItemValue.OfNullable))!
            .MakeGenericMethod(shape.ValueType);
        return (BoundValue<TItem>)method.Invoke(null, [shape])!;
    }

    protected override BoundValue<TItem> BindFirst(string name, string path)
        => BindMember(BindItem(ItemOperand.Instance), name, path);
}
