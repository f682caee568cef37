using System.Collections.Immutable;
using System.Text;

namespace Memento.Queries;

/// <summary>True where the operand is among the values, by the values' Equals.</summary>
internal sealed class InNode(Operand operand, ImmutableArray<object?> values)
    : GuardNode(GuardSize.Above(operand) with { ListItems = values.Length })
{
    private const int ShownValues = 10;

    public Operand Operand { get; } = operand;

    /// <summary>Normalised constants.</summary>
    public ImmutableArray<object?> Values { get; } = values;

    public override void AppendTo(StringBuilder text)
    {
        Operand.AppendTo(text);
        text.Append(" in (");
        for (int index = 0; index < Math.Min(Values.Length, ShownValues); index++)
        {
            if (index > 0)
                text.Append(", ");

            GuardConstant.AppendTo(text, Values[index]);
        }

        if (Values.Length > ShownValues)
            text.Append(", and ").Append(Values.Length - ShownValues).Append(" more");

        text.Append(')');
    }
}
