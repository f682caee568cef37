using System.Numerics;

namespace Memento.Queries.Evaluation;

/// <summary>Truth values; as in C# they have no order.</summary>
internal readonly struct BooleanRules : IValueRules<bool>
{
    public static bool HasOrder => false;

    public static IEqualityComparer<bool> Equality => EqualityComparer<bool>.Default;

    public static bool Equal(bool left, bool right) => left == right;

    public static bool Less(bool left, bool right) => !left & right;

    public static bool LessOrEqual(bool left, bool right) => !left | right;

    public static ConstantFit Convert(object constant, out bool value)
    {
        value = (bool)constant;
        return ConstantFit.Inside;
    }

    public static bool Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>
        => throw new NotSupportedException("A number is no truth value.");
}
