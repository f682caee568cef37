namespace Memento.Snapshots;

/// <summary>The limits of snapshots.</summary>
internal static class SnapshotLimits
{
    /// <summary>The least that <c>MaxSnapshotBytes</c> may be, in bytes.</summary>
    public const long LeastMemory = 1 << 20;

    /// <summary>Of how many snapshots a silo remembers why they have ended here.</summary>
    public const int MostReasons = 1_000;

    /// <summary>
    /// How long a silo stays closed for a cut over several silos if it hears no more of it.
    /// </summary>
    public static readonly TimeSpan LongestClosed = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long after the last cut over several silos they go on to prepare for the next one.
    /// </summary>
    public static readonly TimeSpan Prepared = TimeSpan.FromSeconds(2);

    /// <summary>How long a silo keeps the snapshot of a client that it does not hear.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    /// <summary>How long a cut is tried.</summary>
    public static readonly TimeSpan LongestTry = TimeSpan.FromSeconds(30);

    /// <exception cref="ArgumentOutOfRangeException">It is not more than zero, or too long.
    /// </exception>
    public static void RequireMaxAge(TimeSpan maxAge, string parameter)
    {
        if (maxAge > TimeSpan.Zero && maxAge <= SnapshotOptions.LongestMaxAge) return;

        throw new ArgumentOutOfRangeException(
            parameter,
            maxAge,
            $"{nameof(SnapshotOptions.MaxAge)} of a snapshot is more than zero and at most "
            + $"{SnapshotOptions.LongestMaxAge}.");
    }
}
