namespace Memento.Keys;

/// <summary>
/// Eight bytes, big-endian; the one integer whose values do not all fit into a long.
/// </summary>
internal sealed class UInt64KeyComponent : KeyComponent<ulong>
{
    public override void Write(ref KeyWriter writer, ulong value) => writer.WriteUInt64(value);

    public override ulong Read(ref KeyReader reader) => reader.ReadUInt64();
}
