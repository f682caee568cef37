using Memento.Keys;
using Memento.Messages;
using Memento.Silos.Placement;
using Memento.Tables;
using Orleans.Concurrency;
using Orleans.GrainDirectory;

namespace Memento.Silos;

/// <summary>
/// The record of one primary key as a grain. The partition has the record itself.
/// </summary>
[Reentrant]
[RecordPlacement]
[GrainDirectory(StoreDirectory.Name)]
internal sealed class RecordGrain<T>(IMemento memento, TableRegistry tables) : Grain, IRecord<T>
    where T : class
{
    private object? _key;

    private object Key => _key ??= Table.KeyCodec.Decode(Encoded);

    private TableDefinition Table => tables.Get<T>();

    private Key Encoded => RecordGrainKey.Parse(this.GetPrimaryKeyString()).Key;

    public Task<T?> ReadAsync()
        => RunAsync(async transaction => await transaction.ReadAsync<T>(Key));

    public Task<T> WriteAsync(T record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Table.ValidateRecord(record);
        if (Table.KeyOf(record) != Encoded)
        {
            throw new ArgumentException(
                $"The record grain of key '{Key}' of table '{Table.Name}' was given a record with "
                + $"the key '{Table.KeyValueOf(record)}'. Write that one through its own grain.",
                nameof(record));
        }

        return RunAsync(async transaction => await transaction.WriteAsync(record));
    }

    public Task<bool> DeleteAsync()
        => RunAsync(async transaction => await transaction.DeleteAsync<T>(Key));

    private Task<TResult> RunAsync<TResult>(Func<ITransaction, Task<TResult>> body)
        => memento.Current is { } joined ? body(joined) : memento.TransactionAsync(body);
}
