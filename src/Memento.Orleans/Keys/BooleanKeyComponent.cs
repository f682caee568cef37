namespace Memento.Keys;

/// <summary>One byte; false sorts before true.</summary>
internal sealed class BooleanKeyComponent : KeyComponent<bool>
{
    public override void Write(ref KeyWriter writer, bool value)
        => writer.Reserve(1)[0] = value ? (byte)1 : (byte)0;

    public override bool Read(ref KeyReader reader) => reader.Read(1)[0] switch
    {
        0 => false,
        1 => true,
        byte other => throw KeyReader.Damaged($"0 or 1 expected, {other} found"),
    };
}
