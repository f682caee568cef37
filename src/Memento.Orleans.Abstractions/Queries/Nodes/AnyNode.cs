using System.Text;

namespace Memento.Queries;

/// <summary>
/// True where the operand is a collection of which an item satisfies a guard of its own; without
/// one, where it has an item.
/// </summary>
/// <param name="operand">The collection.</param>
/// <param name="item">
/// What is asked of an item. Its properties are the item's, and <see cref="ItemOperand"/> is the
/// item itself.
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
