using System.Text;

namespace Memento.Queries;

/// <summary>A value made from another value; null where that is null.</summary>
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

/// <summary>A function of one value. The numbers are sent, so they never change.</summary>
internal enum GuardFunction : byte
{
    Length = 0,
    Count = 1,
    ToLowerInvariant = 2,
    ToUpperInvariant = 3,
    Year = 4,
    Month = 5,
    Day = 6,
    Hour = 7,
    Minute = 8,
    Second = 9,
    DayOfWeek = 10,
    Date = 11,
}
