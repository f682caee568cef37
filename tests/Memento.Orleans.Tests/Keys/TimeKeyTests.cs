using CsCheck;
using Memento.Keys;

namespace Memento.Tests.Keys;

public sealed class TimeKeyTests
{
    private static readonly DateTime Noon = new(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc);

    private static readonly Gen<DateTime> Dates = Gen
        .Select(
            Gen.Frequency(
                (3, Gen.Long[DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks]),
                (1, Gen.Long[Noon.Ticks, Noon.Ticks + 2]),
                (1, Gen.OneOf(DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks))),
            Gen.OneOf(DateTimeKind.Utc, DateTimeKind.Unspecified, DateTimeKind.Local))
        .Select((ticks, kind) => new DateTime(ticks, kind));

    [Fact]
    public void Dates_sort_by_their_ticks_in_UTC()
        => KeyOrder.Check(Dates, (left, right) => InUtc(left).CompareTo(InUtc(right)), InUtc);

    [Fact]
    public void A_date_is_read_back_as_UTC()
    {
        SingleKeyCodec<DateTime> codec = KeyOrder.CodecOf<DateTime>();
        foreach (DateTimeKind kind in Enum.GetValues<DateTimeKind>())
        {
            DateTime read = codec.DecodeValue(
                codec.Encode(DateTime.SpecifyKind(Noon, kind)).Bytes);
            Assert.Equal(DateTimeKind.Utc, read.Kind);
        }
    }

    [Fact]
    public void A_local_time_is_the_key_of_its_instant()
        => Assert.Equal(KeyOrder.Encode(Noon), KeyOrder.Encode(Noon.ToLocalTime()));

    [Fact]
    public void An_unspecified_time_is_the_key_of_its_ticks()
    {
        DateTime unspecified = DateTime.SpecifyKind(Noon, DateTimeKind.Unspecified);
        Assert.Equal(KeyOrder.Encode(Noon), KeyOrder.Encode(unspecified));
    }

    [Fact]
    public void Dates_with_offset_sort_by_their_instant()
    {
        // The offset is bounded so that the instant stays in the range of a date.
        long day = TimeSpan.TicksPerDay;
        Gen<long> ticks = Gen.Frequency(
            (3, Gen.Long[DateTime.MinValue.Ticks + day, DateTime.MaxValue.Ticks - day]),
            (1, Gen.Long[Noon.Ticks, Noon.Ticks + 2]));
        KeyOrder.Check(
            Gen.Select(ticks, Gen.Int[-14 * 60, 14 * 60]).Select((local, minutes)
                => new DateTimeOffset(local, TimeSpan.FromMinutes(minutes))));
    }

    [Fact]
    public void A_date_with_offset_is_read_back_with_offset_zero()
    {
        DateTimeOffset there = new DateTimeOffset(Noon).ToOffset(TimeSpan.FromHours(5));
        SingleKeyCodec<DateTimeOffset> codec = KeyOrder.CodecOf<DateTimeOffset>();
        DateTimeOffset read = codec.DecodeValue(codec.Encode(there).Bytes);
        Assert.Equal(TimeSpan.Zero, read.Offset);
        Assert.Equal(there, read);
    }

    [Fact]
    public void Days_times_of_day_spans_and_Guids_sort_by_value()
    {
        KeyOrder.Check(Gen.Int[0, DateOnly.MaxValue.DayNumber].Select(DateOnly.FromDayNumber));
        KeyOrder.Check(
            Gen.Long[0, TimeOnly.MaxValue.Ticks].Select(ticks => new TimeOnly(ticks)));
        KeyOrder.Check(Gen.Frequency(
            (3, Gen.Long.Select(TimeSpan.FromTicks)),
            (1, Gen.OneOf(TimeSpan.MinValue, TimeSpan.Zero, TimeSpan.MaxValue))));
        KeyOrder.Check(Guids());
    }

    /// <summary>
    /// Random ones, and ones that differ in a single byte with and without its top bit.
    /// </summary>
    private static Gen<Guid> Guids()
    {
        Gen<Guid> near = Gen
            .Select(Gen.Int[0, 15], Gen.OneOf<byte>(0x00, 0x01, 0x7F, 0x80, 0xFF))
            .Select((index, value) =>
            {
                byte[] bytes = new byte[16];
                bytes[index] = value;
                return new Guid(bytes);
            });
        return Gen.Frequency((1, Gen.Guid), (3, near));
    }

    private static DateTime InUtc(DateTime date) => date.Kind == DateTimeKind.Local
        ? date.ToUniversalTime()
        : DateTime.SpecifyKind(date, DateTimeKind.Utc);
}
