namespace Memento.Tables.Documents;

/// <summary>Bytes always come back equal; the check only counts them.</summary>
internal sealed class BytesCheck : ValueCheck<byte[]?>
{
    public override RecordFault? Find(byte[]? value, int depth, ref long size)
    {
        size += value is null ? DocumentBytes.Null : DocumentBytes.OfBytes(value.Length);
        return null;
    }
}

/// <inheritdoc cref="BytesCheck"/>
internal sealed class MemoryCheck : ValueCheck<Memory<byte>>
{
    public override RecordFault? Find(Memory<byte> value, int depth, ref long size)
    {
        size += DocumentBytes.OfBytes(value.Length);
        return null;
    }
}

/// <inheritdoc cref="BytesCheck"/>
internal sealed class ReadOnlyMemoryCheck : ValueCheck<ReadOnlyMemory<byte>>
{
    public override RecordFault? Find(ReadOnlyMemory<byte> value, int depth, ref long size)
    {
        size += DocumentBytes.OfBytes(value.Length);
        return null;
    }
}
