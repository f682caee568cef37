using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Memento.Queries.Evaluation;

/// <summary>
/// Dates with times: a local one counts as its universal time, exactly as in a key, so that an
/// index and a scan agree; otherwise the ticks decide, as in C#.
/// </summary>
internal readonly struct TimeRules : IValueRules<DateTime>
{
    public static bool HasOrder => true;

    public static IEqualityComparer<DateTime> Equality { get; } = new TicksEquality();

    public static bool Equal(DateTime left, DateTime right) => Ticks(left) == Ticks(right);

    public static bool Less(DateTime left, DateTime right) => Ticks(left) < Ticks(right);

    public static bool LessOrEqual(DateTime left, DateTime right) => Ticks(left) <= Ticks(right);

    public static ConstantFit Convert(object constant, out DateTime value)
    {
        value = (DateTime)constant;
        return ConstantFit.Inside;
    }

    public static DateTime Promote<TNumber>(TNumber value)
        where TNumber : struct, INumberBase<TNumber>
        => throw new NotSupportedException("A number is no time.");

    private static long Ticks(DateTime time)
        => time.Kind == DateTimeKind.Local ? time.ToUniversalTime().Ticks : time.Ticks;

    private sealed class TicksEquality : IEqualityComparer<DateTime>
    {
        public bool Equals(DateTime x, DateTime y) => Ticks(x) == Ticks(y);

        public int GetHashCode([DisallowNull] DateTime obj) => Ticks(obj).GetHashCode();
    }
}
