using System.Text;

namespace Memento.Queries;

/// <summary>True where the operand is a dictionary that has the key, whatever is there.</summary>
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
