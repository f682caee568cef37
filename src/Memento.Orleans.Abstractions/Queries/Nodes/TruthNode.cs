using System.Text;

namespace Memento.Queries;

/// <summary>The same of every record.</summary>
internal sealed class TruthNode : GuardNode
{
    private TruthNode(bool value)
        : base(GuardSize.Leaf)
        => Value = value;

    public static TruthNode True { get; } = new(true);

    public static TruthNode False { get; } = new(false);

    public bool Value { get; }

    public override void AppendTo(StringBuilder text) => text.Append(Value ? "true" : "false");
}
