using System.Text;

namespace Memento.Queries;

/// <summary>The item of a collection, in the guard that <see cref="AnyNode"/> asks of it.</summary>
internal sealed class ItemOperand : Operand
{
    private ItemOperand()
        : base(GuardSize.Nothing)
    {
    }

    public static ItemOperand Instance { get; } = new();

    public override void AppendTo(StringBuilder text) => text.Append("item");
}
