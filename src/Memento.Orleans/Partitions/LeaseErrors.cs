namespace Memento.Partitions;

/// <summary>The errors where a silo may not rely on a partition.</summary>
internal static class LeaseErrors
{
    public static TransactionConflictException LeaseRanOut(Partition partition)
        => new($"The lease of this silo on partition {partition.Number} of table "
            + $"'{partition.Table.Name}' ran out while the transaction ran. It is run again while "
            + "attempts and time are left.");

    public static TransactionTimeoutException TimedOutInStall(
        Partition partition, Guid transactionId)
        => new($"Transaction {transactionId} waited for partition {partition.Number} of table "
            + $"'{partition.Table.Name}' until its time limit, because the silo could not renew "
            + "its lease in the durable storage. Check that the storage can be reached.");

    /// <summary>Another silo has taken a partition of this one.</summary>
    public static TransactionConflictException Taken(string table, int number)
        => new($"Partition {number} of table '{table}' was taken by another silo. The transaction "
            + "is run again while attempts and time are left.");
}
