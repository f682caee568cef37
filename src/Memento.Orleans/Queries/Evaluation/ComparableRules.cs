using System.Numerics;

namespace Memento.Queries.Evaluation;

/// <summary>
/// Types that are whose CompareTo and operators agree, with constants of the same type.
/// </summary>
internal readonly struct ComparableRules<T> : IValueRules<T>
    where T : struct, IEquatable<T>, IComparable<T>
{
    public static bool HasOrder => true;

    public static IEqualityComparer<T> Equality => EqualityComparer<T>.Default;

    public static bool Equal(T left, T right) => left.Equals(right);

    public static bool Less(T left, T right) => left.CompareTo(right) < 0;

    public static bool LessOrEqual(T left, T right) => left.CompareTo(right) <= 0;

    public static ConstantFit Convert(object constant, out T value)
    {
        value = (T)constant;
        return ConstantFit.Inside;
    }

    public static T Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>
        => throw new NotSupportedException($"A number is no '{typeof(T)}'.");
}
