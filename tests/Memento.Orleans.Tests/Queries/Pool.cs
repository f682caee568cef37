namespace Memento.Tests.Queries;

/// <summary>
/// Few values of each type, also the extreme ones, so that values are often equal.
/// </summary>
internal static class Pool
{
    private static readonly Dictionary<Type, object[]> Values = new()
    {
        [typeof(bool)] = [true, false],
        [typeof(sbyte)] = [sbyte.MinValue, (sbyte)-1, (sbyte)0, (sbyte)5, sbyte.MaxValue],
        [typeof(byte)] = [(byte)0, (byte)1, (byte)5, byte.MaxValue],
        [typeof(short)] = [short.MinValue, (short)-1, (short)0, (short)5, short.MaxValue],
        [typeof(ushort)] = [(ushort)0, (ushort)5, (ushort)97, ushort.MaxValue],
        [typeof(int)] = [int.MinValue, -1, 0, 5, 97, 255, 16777217, int.MaxValue],
        [typeof(uint)] = [0u, 5u, 16777217u, uint.MaxValue],
        [typeof(long)] = [long.MinValue, -1L, 0L, 5L, (1L << 53) + 1, long.MaxValue],
        [typeof(ulong)] = [0ul, 5ul, (1ul << 53) + 1, ulong.MaxValue],
        [typeof(char)] = ['\0', 'a', 'b', '\ud800', '\uffff'],
        [typeof(float)] =
            [float.NaN, float.NegativeInfinity, -0f, 0f, 0.1f, 5f, 16777216f, float.MaxValue],
        [typeof(double)] =
        [
            double.NaN, double.PositiveInfinity, -0d, 0d, 0.1, (double)0.1f, 5d,
            9007199254740992d,
        ],
        [typeof(decimal)] = [decimal.MinValue, -1m, 0m, 0.1m, 5m, 5.00m, decimal.MaxValue],
        [typeof(string)] =
        [
            "", "a", "A", "ab", "Ab", "\u00e9", "\u00c9", "e\u0301", "\u0131", "\u212a", "\ud800",
            "\ud83d\ude00", "\ud801\udc00", "\ud801\udc28", "\uffff",
        ],
        [typeof(Guid)] =
            [Guid.Empty, new Guid("80000000-0000-0000-0000-000000000001"), Guid.AllBitsSet],
        [typeof(DateTime)] =
        [
            DateTime.MinValue, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            new DateTime(2020, 1, 1), DateTime.MaxValue,
        ],
        [typeof(DateTimeOffset)] =
        [
            DateTimeOffset.MinValue, new DateTimeOffset(2020, 1, 1, 2, 0, 0, TimeSpan.FromHours(2)),
            new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), DateTimeOffset.MaxValue,
        ],
        [typeof(DateOnly)] = [DateOnly.MinValue, new DateOnly(2020, 1, 1), DateOnly.MaxValue],
        [typeof(TimeOnly)] = [TimeOnly.MinValue, new TimeOnly(1, 2), TimeOnly.MaxValue],
        [typeof(TimeSpan)] = [TimeSpan.MinValue, TimeSpan.Zero, TimeSpan.MaxValue],
        [typeof(Genre)] = [Genre.Drama, Genre.Comedy, Genre.Crime, (Genre)(-7)],
        [typeof(DayOfWeek)] = [DayOfWeek.Monday, DayOfWeek.Wednesday, DayOfWeek.Friday],
        [typeof(Rights)] =
            [Rights.None, Rights.Read, Rights.Read | Rights.Write, Rights.Grant, (Rights)255],
        [typeof(Rating)] = [Rating.None, Rating.Good, Rating.Best],
    };

    public static bool Has(Type type)
        => Values.ContainsKey(Nullable.GetUnderlyingType(type) ?? type);

    /// <summary>
    /// A value of the type; of a nullable, and of a string if asked for, null now and then.
    /// </summary>
    public static object? Pick(Random random, Type type, bool orNull)
    {
        Type value = Nullable.GetUnderlyingType(type) ?? type;
        if ((orNull || value != type) && random.Next(4) == 0) return null;

        object[] values = Values[value];
        return values[random.Next(values.Length)];
    }
}
