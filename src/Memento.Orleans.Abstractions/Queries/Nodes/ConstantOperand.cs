using System.Text;

namespace Memento.Queries;

/// <summary>A value that is the same for every record.</summary>
internal sealed class ConstantOperand(object? value) : Operand(GuardSize.Nothing)
{
    /// <summary>
    /// Null, or a value of one of the types that <see cref="GuardConstant"/> lets in.
    /// </summary>
    public object? Value { get; } = GuardConstant.Normalize(value);

    public override void AppendTo(StringBuilder text) => GuardConstant.AppendTo(text, Value);
}
