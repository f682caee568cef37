using System.Buffers.Binary;

namespace Memento.Keys;

/// <summary>The number of the day, in four bytes; it is never negative.</summary>
internal sealed class DateOnlyKeyComponent : KeyComponent<DateOnly>
{
    public override void Write(ref KeyWriter writer, DateOnly value)
        => BinaryPrimitives.WriteInt32BigEndian(writer.Reserve(sizeof(int)), value.DayNumber);

    public override DateOnly Read(ref KeyReader reader)
    {
        int day = BinaryPrimitives.ReadInt32BigEndian(reader.Read(sizeof(int)));
        if (day < 0 || day > DateOnly.MaxValue.DayNumber)
            throw KeyReader.Damaged($"day {day} is no date");

        return DateOnly.FromDayNumber(day);
    }
}

/// <summary>The ticks since midnight.</summary>
internal sealed class TimeOnlyKeyComponent : KeyComponent<TimeOnly>
{
    public override void Write(ref KeyWriter writer, TimeOnly value)
        => writer.WriteInt64(value.Ticks);

    public override TimeOnly Read(ref KeyReader reader)
    {
        long ticks = reader.ReadInt64();
        if (ticks < 0 || ticks > TimeOnly.MaxValue.Ticks)
            throw KeyReader.Damaged($"{ticks} ticks are no time of day");

        return new TimeOnly(ticks);
    }
}

/// <summary>The ticks, which may be negative.</summary>
internal sealed class TimeSpanKeyComponent : KeyComponent<TimeSpan>
{
    public override void Write(ref KeyWriter writer, TimeSpan value)
        => writer.WriteInt64(value.Ticks);

    public override TimeSpan Read(ref KeyReader reader) => new(reader.ReadInt64());
}

/// <summary>
/// The ticks. A local time is converted to UTC, because its ticks mean another moment on another
/// machine. The kind is not a part of the key, which is read back as UTC.
/// </summary>
internal sealed class DateTimeKeyComponent : KeyComponent<DateTime>
{
    public override void Write(ref KeyWriter writer, DateTime value)
    {
        if (value.Kind == DateTimeKind.Local) value = value.ToUniversalTime();

        writer.WriteInt64(value.Ticks);
    }

    public override DateTime Read(ref KeyReader reader)
    {
        long ticks = reader.ReadInt64();
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
            throw KeyReader.Damaged($"{ticks} ticks are no date");

        return new DateTime(ticks, DateTimeKind.Utc);
    }
}

/// <summary>
/// The ticks in UTC: two values that name the same instant are the same key, as they are equal in
/// C#. A key is read back with the offset zero.
/// </summary>
internal sealed class DateTimeOffsetKeyComponent : KeyComponent<DateTimeOffset>
{
    public override void Write(ref KeyWriter writer, DateTimeOffset value)
        => writer.WriteInt64(value.UtcTicks);

    public override DateTimeOffset Read(ref KeyReader reader)
    {
        long ticks = reader.ReadInt64();
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
            throw KeyReader.Damaged($"{ticks} ticks are no date");

        return new DateTimeOffset(ticks, TimeSpan.Zero);
    }
}
