using Memento.Keys;
using Memento.Locks;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>What nested bodies of one transaction are told that get into each other's way.</summary>
internal static class NestedErrors
{
    public static MementoException WrittenBeside(
        Guid transactionId, TableDefinition table, int store, Key key)
        => new($"{Describe(table, store, key)} was written by a nested body of transaction "
            + $"{transactionId} that is still running, and may be undone with it. Await that body before "
            + "the same record is written beside it, or write it in one of the bodies only.");

    public static NoTransactionException GivenUp(Guid transactionId)
        => new($"A nested body of transaction {transactionId} has ended without its writes, and an "
            + "operation of it came late; it was not carried out. Await every call inside the body.");

    public static MementoException StillRunning(Guid transactionId)
        => new($"A call of a nested body of transaction {transactionId} was still running when the body "
            + "ended; what the body wrote was undone. Await every call inside the body.");

    private static string Describe(TableDefinition table, int store, Key key)
        => store == LockResource.RecordStore
            ? $"The record with key '{table.KeyCodec.Decode(key)}' of table '{table.Name}'"
            : $"A value of the unique index '{table.IndexAt(IndexDefinition.OrdinalOf(store)).Name}' of "
                + $"table '{table.Name}'";
}
