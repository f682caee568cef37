namespace Memento.Keys;

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
