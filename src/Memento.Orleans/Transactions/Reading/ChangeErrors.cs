using Memento.Keys;
using Memento.Tables;

namespace Memento.Transactions.Reading;

/// <summary>The errors of what callers make of a record that they change.</summary>
internal static class ChangeErrors
{
    public static MementoException OfBag(TableDefinition table)
        => new(
            $"Table '{table.Name}' is a bag, where a key has several records, and none of them is "
            + "the one to change. Read them, delete one with DeleteRecordAsync and write another, "
            + "or change them by a query with UpdateAsync.");

    public static ArgumentException NothingInserted(TableDefinition table, Key key)
        => new(
            $"There is no record with key '{table.KeyCodec.Decode(key)}' in table '{table.Name}', "
            + "and the insert gave null in place of one.");

    /// <exception cref="ArgumentException">The record has another key.</exception>
    public static void ThrowIfOtherKey(TableDefinition table, Key key, object changed)
    {
        if (table.KeyOf(changed) == key) return;

        throw new ArgumentException(
            $"The change of the record with key '{table.KeyCodec.Decode(key)}' of table "
            + $"'{table.Name}' gave it the key '{table.KeyValueOf(changed)}'. Delete the record "
            + "and write another instead.");
    }
}
