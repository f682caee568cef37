using Memento.Locks;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>Says in words which lock a transaction did not get, and who has it.</summary>
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
        => new($"Transaction {transaction.TransactionId} reached its time limit while it waited for "
            + (request is null
                ? $"an earlier operation on table '{table.Name}'"
                : $"a {Name(request.Kind)} lock on {Describe(table, request.Resource)}")
            + (holder is null ? ". " : $", which transaction {holder} holds. ")
            + "Keep transactions short, or give this one a longer Timeout.");

    private static string Describe(TableDefinition table, LockResource resource)
    {
        if (resource.IsPartition) return $"table '{table.Name}'";
        if (resource.Store < LockResource.RecordStore)
        {
            IndexDefinition index = table.IndexAt(LockResource.IndexOf(resource.Store));
            string what = resource.IsRange ? "a range of values" : "a value";
            return $"{what} of the index '{index.Name}' of table '{table.Name}'";
        }

        if (resource.IsRange) return $"a range of keys of table '{table.Name}'";
        if (resource.Store == LockResource.RecordStore)
            return $"key '{table.KeyCodec.Decode(resource.Key)}' of table '{table.Name}'";

        IndexDefinition unique = table.IndexAt(IndexDefinition.OrdinalOf(resource.Store));
        return $"a value of the unique index '{unique.Name}' of table '{table.Name}'";
    }

    private static string Name(LockKind kind)
        => kind is LockKind.Write or LockKind.IntentionWrite ? "write" : "read";
}
