namespace Memento.Tests.PowerLoss;

/// <summary>A write that no sync has made certain.</summary>
/// <param name="Number">The order in which the disk was told.</param>
/// <param name="Offset">Where it begins; the new length if the file was cut.</param>
/// <param name="Bytes">What was written; null if the file was cut.</param>
internal readonly record struct PendingWrite(long Number, long Offset, byte[]? Bytes);

/// <summary>A file on a disk: what is certain, and what was written since.</summary>
internal sealed class PowerFile(byte[] synced)
{
    /// <summary>The part of a file that is written whole or not at all.</summary>
    public const int SectorSize = 512;

    private readonly MemoryStream _synced = Stream(synced);
    private readonly List<PendingWrite> _pending = [];

    public void Write(PendingWrite write) => _pending.Add(write);

    /// <summary>Makes certain what came up to a number.</summary>
    public void Sync(long upTo)
    {
        foreach (PendingWrite write in _pending.Where(each => each.Number <= upTo))
            Apply(_synced, write, static () => true);
        _pending.RemoveAll(each => each.Number <= upTo);
    }

    /// <summary>Loses for good what came up to a number and was not certain.</summary>
    public void Lose(long upTo) => _pending.RemoveAll(each => each.Number <= upTo);

    public PowerFile Copy()
    {
        var copy = new PowerFile(_synced.ToArray());
        copy._pending.AddRange(_pending);
        return copy;
    }

    /// <summary>
    /// What is found after the power was gone: all that is certain, and of each later write
    /// nothing, all of it, or some sectors.
    /// </summary>
    public byte[] Survivor(PowerLuck luck)
    {
        MemoryStream found = Stream(_synced.ToArray());
        foreach (PendingWrite write in _pending)
        {
            bool? isKept = luck.IsKept();
            if (isKept == false) continue;
            Apply(found, write, isKept == true ? static () => true : luck.IsSectorKept);
        }

        return found.ToArray();
    }

    private static void Apply(MemoryStream file, PendingWrite write, Func<bool> isSectorKept)
    {
        if (write.Bytes is null)
        {
            // A length is kept or not; it has no parts.
            file.SetLength(Math.Min(file.Length, write.Offset));
            return;
        }

        for (int from = 0; from < write.Bytes.Length;)
        {
            long position = write.Offset + from;
            int length = (int)Math.Min(
                SectorSize - (position % SectorSize), write.Bytes.Length - from);
            if (isSectorKept())
            {
                file.Position = position;
                file.Write(write.Bytes, from, length);
            }

            from += length;
        }
    }

    private static MemoryStream Stream(byte[] content)
    {
        var stream = new MemoryStream();
        stream.Write(content);
        return stream;
    }
}
