namespace Memento.Queries;

/// <summary>What is made of one value. The numbers travel: they never change.</summary>
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
