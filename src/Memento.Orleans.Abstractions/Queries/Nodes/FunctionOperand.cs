using System.Text;

namespace Memento.Queries;

/// <summary>A value made of another one; null where that is null.</summary>
internal sealed class FunctionOperand(GuardFunction function, Operand argument)
    : Operand(GuardSize.Above(argument))
{
    public GuardFunction Function { get; } = function;

    public Operand Argument { get; } = argument;

    public override void AppendTo(StringBuilder text)
    {
        Argument.AppendTo(text);
        text.Append('.').Append(Function);
        if (Function is GuardFunction.ToLowerInvariant or GuardFunction.ToUpperInvariant)
            text.Append("()");
    }
}
