namespace Memento.Queries.Evaluation;

/// <summary>The parts of dates and times that are integers; null where a type has none.</summary>
internal static class TimeParts
{
    public static DateTime Universal(DateTime time)
        => time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time;

    public static Func<DateTime, int>? OfTime(GuardFunction function) => function switch
    {
        GuardFunction.Year => static time => Universal(time).Year,
        GuardFunction.Month => static time => Universal(time).Month,
        GuardFunction.Day => static time => Universal(time).Day,
        GuardFunction.Hour => static time => Universal(time).Hour,
        GuardFunction.Minute => static time => Universal(time).Minute,
        GuardFunction.Second => static time => Universal(time).Second,
        _ => null,
    };

    public static Func<DateTimeOffset, int>? OfInstant(GuardFunction function) => function switch
    {
        GuardFunction.Year => static instant => instant.Year,
        GuardFunction.Month => static instant => instant.Month,
        GuardFunction.Day => static instant => instant.Day,
        GuardFunction.Hour => static instant => instant.Hour,
        GuardFunction.Minute => static instant => instant.Minute,
        GuardFunction.Second => static instant => instant.Second,
        _ => null,
    };

    public static Func<DateOnly, int>? OfDay(GuardFunction function) => function switch
    {
        GuardFunction.Year => static day => day.Year,
        GuardFunction.Month => static day => day.Month,
        GuardFunction.Day => static day => day.Day,
        _ => null,
    };

    public static Func<TimeOnly, int>? OfClock(GuardFunction function) => function switch
    {
        GuardFunction.Hour => static clock => clock.Hour,
        GuardFunction.Minute => static clock => clock.Minute,
        GuardFunction.Second => static clock => clock.Second,
        _ => null,
    };
}
