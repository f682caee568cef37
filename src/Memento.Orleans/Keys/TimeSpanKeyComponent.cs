namespace Memento.Keys;

/// <summary>The ticks, which may be negative.</summary>
internal sealed class TimeSpanKeyComponent : KeyComponent<TimeSpan>
{
    public override void Write(ref KeyWriter writer, TimeSpan value)
        => writer.WriteInt64(value.Ticks);

    public override TimeSpan Read(ref KeyReader reader) => new(reader.ReadInt64());
}
