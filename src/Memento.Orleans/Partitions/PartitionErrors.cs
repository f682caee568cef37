using Memento.Keys;
using Memento.Locks;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// Makes the error that says which lock a transaction did not get, and which transaction has it.
/// </summary>
internal static class LockErrors
{
    public static TransactionConflictException Conflict(
        TableDefinition table, PartitionTransaction transaction, LockConflict conflict)
        => new($"Transaction {transaction.TransactionId} needs a {Name(conflict.Kind)} lock on "
            + $"{Describe(table, conflict.Resource)}, which the older transaction "
            + $"{conflict.Holder} {(conflict.IsQueued ? "waits for" : "holds")}. "
            + "It is run again while attempts and time are left.");

    public static TransactionTimeoutException TimedOut(
        TableDefinition table, PartitionTransaction transaction, LockRequest? request, Guid? holder)
        => new($"Transaction {transaction.TransactionId} reached its time limit while it "
            + "waited for "
            + (request is null
                ? $"an earlier operation on table '{table.Name}'"
                : $"a {Name(request.Kind)} lock on {Describe(table, request.Resource)}")
            + (holder is null ? ". " : $", which transaction {holder} holds. ")
            + "Keep transactions short, or give this one a longer Timeout.");

    /// <summary>The time limit ended an operation that reads much, and waits for nothing.</summary>
    public static TransactionTimeoutException TimedOut(
        TableDefinition table, PartitionTransaction transaction)
        => new($"Transaction {transaction.TransactionId} reached its time limit while it read many "
            + $"records of table '{table.Name}'. Read fewer records at once, for example by an "
            + "index, or give the transaction a longer Timeout.");

    /// <summary>The time limit ended the wait for the end of an older transaction.</summary>
    public static TransactionTimeoutException TimedOut(
        TableDefinition table, PartitionTransaction transaction, LockConflict conflict)
        => new($"Transaction {transaction.TransactionId} reached its time limit while it "
            + $"waited for a {Name(conflict.Kind)} lock on {Describe(table, conflict.Resource)}, "
            + $"which the older transaction {conflict.Holder} "
            + $"{(conflict.IsQueued ? "waits for" : "holds")}. "
            + "Keep transactions short, or give this one a longer Timeout.");

    public static string Describe(TableDefinition table, LockResource resource)
    {
        if (resource.IsPartition) return $"table '{table.Name}'";
        if (resource.Space.IsRecords)
        {
            return resource.IsRange
                ? $"a range of keys of table '{table.Name}'"
                : $"key '{table.KeyCodec.Decode(resource.Key)}' of table '{table.Name}'";
        }

        string what = resource.IsRange ? "a range of values" : "a value";
        return $"{what} of the {Describe(table, resource.Space)}";
    }

    /// <summary>The name of the index whose values or entries a key space has.</summary>
    private static string Describe(TableDefinition table, KeySpace space)
        => $"{(space.Kind == KeySpaceKind.Values ? "unique index" : "index")} "
            + $"'{table.IndexAt(space).Name}' of table '{table.Name}'";

    private static string Name(LockKind kind)
        => kind is LockKind.Write or LockKind.IntentionWrite ? "write" : "read";
}

/// <summary>The errors of nested bodies of one transaction that write the same records.</summary>
internal static class NestedErrors
{
    public static MementoException WrittenBeside(
        Guid transactionId, TableDefinition table, KeySpace space, Key key)
        => new($"{Describe(table, space, key)} was written by a nested body of transaction "
            + $"{transactionId} that is still running, and may be undone with it. Await that body "
            + "before the same record is written beside it, or write it in one of the bodies "
            + "only.");

    public static NoTransactionException GivenUp(Guid transactionId)
        => new($"A nested body of transaction {transactionId} has ended without its writes, and an "
            + "operation of it came late; it was not carried out. Await every call inside the "
            + "body.");

    public static MementoException StillRunning(Guid transactionId)
        => new($"A call of a nested body of transaction {transactionId} was still running when the "
            + "body ended; what the body wrote was undone. Await every call inside the body.");

    public static MementoException LeftInGrains(Guid transactionId, Exception? reason)
        => new(
            $"A nested body of transaction {transactionId} was given up after transactional grains "
            + "had written in it. Their states have no savepoints, so nothing of the whole "
            + "transaction was kept. Call such grains outside nested bodies, or let the whole "
            + "transaction abort.",
            reason);

    private static string Describe(TableDefinition table, KeySpace space, Key key)
        => space.IsRecords
            ? $"The record with key '{table.KeyCodec.Decode(key)}' of table '{table.Name}'"
            : "A value of the unique index "
                + $"'{table.IndexAt(space).Name}' of table "
                + $"'{table.Name}'";
}

/// <summary>The error of an attempt that does not know the indexes of the table.</summary>
internal static class IndexErrors
{
    public static TransactionConflictException Changed(TableDefinition table)
        => new(
            $"The indexes of table '{table.Name}' have changed. The transaction is run again while "
            + "attempts and time are left.",
            new IndexesChangedException(
                table.IndexSet.Version, [.. table.Indexes.Select(IndexSchema.Of)]));
}

/// <summary>
/// The partition of a caller is not in use any more: its table was deleted, or it moved. The error
/// never leaves the store: callers look the partition up again.
/// </summary>
internal sealed class PartitionClosedException(MementoException reason)
    : Exception(reason.Message, reason)
{
    public MementoException Reason { get; } = reason;
}

/// <summary>
/// Tells another process the indexes of a table that it did not know. It is sent inside the error
/// that ends the attempt, and never leaves the store by itself.
/// </summary>
[GenerateSerializer]
[Alias("Memento.IndexesChangedException")]
internal sealed class IndexesChangedException(long version, IReadOnlyList<IndexSchema> indexes)
    : Exception($"The indexes are {string.Join(", ", indexes.Select(static index => index.Name))}.")
{
    /// <summary>The indexes that the silo of the partition knows.</summary>
    [Id(0)]
    public IReadOnlyList<IndexSchema> Indexes { get; } = indexes;

    /// <summary>The version of the catalog that told of them.</summary>
    [Id(1)]
    public long Version { get; } = version;
}
