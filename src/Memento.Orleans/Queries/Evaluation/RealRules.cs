using System.Numerics;

namespace Memento.Queries.Evaluation;

/// <summary>Floating-point and decimal numbers, and what C# promotes to them.</summary>
internal readonly struct RealRules<T> : IValueRules<T>
    where T : struct, INumber<T>
{
    public static bool HasOrder => true;

    public static IEqualityComparer<T> Equality => EqualityComparer<T>.Default;

    public static bool Equal(T left, T right) => left == right;

    public static bool Less(T left, T right) => left < right;

    public static bool LessOrEqual(T left, T right) => left <= right;

    public static ConstantFit Convert(object constant, out T value)
    {
        value = constant switch
        {
            T same => same,
            char number => Promote(number),
            sbyte number => Promote(number),
            byte number => Promote(number),
            short number => Promote(number),
            ushort number => Promote(number),
            int number => Promote(number),
            uint number => Promote(number),
            long number => Promote(number),
            ulong number => Promote(number),
            float number => Promote(number),
            double number => Promote(number),
            _ => throw new NotSupportedException($"'{constant.GetType()}' is no '{typeof(T)}'."),
        };
        return ConstantFit.Inside;
    }

    public static T Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>
        => T.CreateTruncating(value);
}
