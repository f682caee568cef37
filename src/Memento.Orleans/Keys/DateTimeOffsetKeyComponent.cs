namespace Memento.Keys;

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
