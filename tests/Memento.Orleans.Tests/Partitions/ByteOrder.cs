namespace Memento.Tests.Partitions;

/// <summary>The order of unsigned bytes, for the models that maps are compared with.</summary>
internal sealed class ByteOrder : IComparer<byte[]>
{
    private ByteOrder()
    {
    }

    public static ByteOrder Instance { get; } = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
