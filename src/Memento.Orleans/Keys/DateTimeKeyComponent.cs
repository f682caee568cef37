namespace Memento.Keys;

/// <summary>
/// The ticks. A local time is converted to UTC, because its ticks mean something else on another
/// machine; otherwise the kind is no part of the key. A key is read back as UTC.
/// </summary>
internal sealed class DateTimeKeyComponent : KeyComponent<DateTime>
{
    public override void Write(ref KeyWriter writer, DateTime value)
    {
        if (value.Kind == DateTimeKind.Local)
            value = value.ToUniversalTime();

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
