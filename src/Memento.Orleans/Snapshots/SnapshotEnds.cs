namespace Memento.Snapshots;

/// <summary>Why snapshots end, in words.</summary>
internal static class SnapshotEnds
{
    public const string Body =
        "The snapshot has ended with its body. Use a snapshot only inside its body, and await "
        + "every call.";

    public const string UnknownToSilos =
        "No silo knows the snapshot: it has ended, or the silo that had it. Take another one.";

    public static string Age(TimeSpan maxAge)
        => $"The snapshot is older than its MaxAge of {maxAge}, and has ended. Take another one, "
            + "or give it a longer MaxAge in SnapshotOptions.";

    public static string Memory(long limit)
        => $"The snapshot was the oldest one when snapshots kept more than {limit} bytes of old "
            + "records in memory (Memento:MaxSnapshotBytes), and was ended. Read less at once, or "
            + "allow more.";

    public static string Reader(SiloAddress reader)
        => $"Silo {reader}, which read the snapshot, has ended, and the snapshot with it.";

    public static string Unknown(SiloAddress silo)
        => $"Silo {silo} does not know the snapshot: it is too old, or was never taken. Take "
            + "another one.";

    public static string Gone(SiloAddress silo)
        => $"Silo {silo} had a part of the snapshot, and has ended. Take another snapshot.";

    public static string Writes(string operation)
        => $"A snapshot can only read, and does not carry out {operation}. Write in a transaction.";

    public static string OtherTable(string table)
        => $"Table '{table}' was deleted, or made, after the snapshot was taken. Take another "
            + "snapshot.";

    public static string Moved(string table, int number)
        => $"Partition {number} of table '{table}' was in no silo when the snapshot was taken, and "
            + "one that has no part of the snapshot may have changed it. Take another snapshot.";
}
