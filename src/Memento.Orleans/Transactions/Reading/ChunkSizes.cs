namespace Memento.Transactions.Reading;

/// <summary>How many records a partition is asked for at a time.</summary>
/// <param name="First">The first time; null: all there are.</param>
internal readonly record struct ChunkSizes(int? First)
{
    /// <summary>The most records in a message.</summary>
    public const int MaxRecords = 4_096;

    private const int Growth = 4;

    /// <summary>Of each partition a few more than its share, since shares are not equal.</summary>
    private const int Spare = 4;

    /// <summary>Where nobody knows how many will be wanted.</summary>
    private const int FirstOfUnknown = 16;

    public static ChunkSizes Unknown { get; } = new(FirstOfUnknown);

    /// <summary>For a query of which so many results are wanted (null: all).</summary>
    /// <param name="reach">How many results are wanted.</param>
    /// <param name="partitions">How many partitions are asked; 0 where nothing can be found.</param>
    /// <param name="isSorted">Whether a partition looks at all its records each time.</param>
    /// <param name="isLocal">Whether no message is sent.</param>
    public static ChunkSizes For(int? reach, int partitions, bool isSorted, bool isLocal)
    {
        if (reach is not { } wanted) return new(isLocal ? null : MaxRecords);
        if (isSorted) return new(Limit(wanted, isLocal));

        // A query that nothing can satisfy asks no partition.
        int share = (int)Math.Min((wanted / Math.Max(partitions, 1L)) + Spare, wanted);
        return new(Limit(share, isLocal));
    }

    /// <summary>So many, or as many of them as one part may have.</summary>
    public static int Limit(int wanted, bool isLocal)
        => Math.Clamp(wanted, 1, isLocal ? int.MaxValue : MaxRecords);

    /// <summary>How many to ask for when it has been done so often before.</summary>
    public int? Next(int parts)
    {
        if (First is not { } size) return null;

        long grown = size;
        for (int part = 0; part < parts && grown < MaxRecords; part++)
            grown = Math.Min(grown * Growth, MaxRecords);
        return (int)grown;
    }
}
