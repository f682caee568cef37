using System.Text;

namespace Memento.Queries;

/// <summary>
/// How many items of a collection satisfy a guard of their own; null where the collection is.
/// </summary>
/// <param name="collection">The collection.</param>
/// <param name="item">What is asked of an item, as in <see cref="AnyNode"/>.</param>
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
