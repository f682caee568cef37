namespace Memento.Keys;

/// <summary>
/// The bytes as they are printed, which is the order of <see cref="Guid.CompareTo(Guid)"/>.
/// </summary>
internal sealed class GuidKeyComponent : KeyComponent<Guid>
{
    private const int Length = 16;

    public override void Write(ref KeyWriter writer, Guid value)
        => value.TryWriteBytes(writer.Reserve(Length), bigEndian: true, out _);

    public override Guid Read(ref KeyReader reader) => new(reader.Read(Length), bigEndian: true);
}
