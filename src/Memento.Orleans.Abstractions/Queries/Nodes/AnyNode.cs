using System.Text;

namespace Memento.Queries;

/// <summary>
/// True where the operand is a collection with an item that satisfies the inner guard; without an
/// inner guard, where it has an item.
/// </summary>
/// <param name="operand">The collection.</param>
/// <param name="item">
/// The inner guard. Its properties are the properties of the item, and <see cref="ItemOperand"/> is
/// the item itself.
/// </param>
internal sealed class AnyNode(Operand operand, GuardNode? item)
    : GuardNode(item is null ? GuardSize.Above(operand) : GuardSize.Above(operand, item))
{
    public Operand Operand { get; } = operand;

    public GuardNode? Item { get; } = item;

    public override void AppendTo(StringBuilder text)
    {
        Operand.AppendTo(text);
        text.Append(".Any(");
        Item?.AppendTo(text);
        text.Append(')');
    }
}

/// <summary>True where the operand is a dictionary that has the key, whatever its value.</summary>
/// <param name="operand">The dictionary.</param>
/// <param name="key">The key as <see cref="GuardPath.KeyText"/> writes it.</param>
internal sealed class HasKeyNode(Operand operand, string key) : GuardNode(GuardSize.Above(operand))
{
    public Operand Operand { get; } = operand;

    public string Key { get; } = key;

    public override void AppendTo(StringBuilder text)
    {
        Operand.AppendTo(text);
        text.Append(".ContainsKey(");
        GuardConstant.AppendTo(text, Key);
        text.Append(')');
    }
}

/// <summary>
/// How many items of a collection satisfy the inner guard; null where the collection is null.
/// </summary>
/// <param name="collection">The collection.</param>
/// <param name="item">The inner guard, as in <see cref="AnyNode"/>.</param>
internal sealed class CountOperand(Operand collection, GuardNode item)
    : Operand(GuardSize.Above(collection, item))
{
    public Operand Collection { get; } = collection;

    public GuardNode Item { get; } = item;

    public override void AppendTo(StringBuilder text)
    {
        Collection.AppendTo(text);
        text.Append(".Count(");
        Item.AppendTo(text);
        text.Append(')');
    }
}

/// <summary>The item of a collection, in the inner guard of an <see cref="AnyNode"/>.</summary>
internal sealed class ItemOperand : Operand
{
    private ItemOperand()
        : base(GuardSize.Nothing)
    {
    }

    public static ItemOperand Instance { get; } = new();

    public override void AppendTo(StringBuilder text) => text.Append("item");
}
