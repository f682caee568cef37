namespace Memento.Tests.Consistency;

/// <summary>The tables that keep the lists of a workload.</summary>
internal interface IListStore
{
    /// <summary>The values of a list; none if it is not there yet.</summary>
    /// <param name="reader">A transaction, or a snapshot.</param>
    /// <param name="key">The list.</param>
    Task<int[]> ReadAsync(IRecordReader reader, int key);

    Task WriteAsync(ITransaction tx, int key, int[] values);

    async Task AppendAsync(ITransaction tx, int key, int value)
        => await WriteAsync(tx, key, [.. await ReadAsync(tx, key), value]);

    /// <summary>
    /// Whether a transaction uses lists by their keys, and appends to one before it reads it.
    /// </summary>
    bool IsInOrder => false;

    /// <summary>Whether a snapshot shows all lists.</summary>
    bool HasSnapshots => true;

    /// <summary>The options of the transactions; null: the configured ones.</summary>
    TransactionOptions? Options => null;

    /// <summary>
    /// Whether a transaction may end with an error; nothing of it is kept then.
    /// </summary>
    bool MayFailWith(Exception exception) => exception is MementoException;
}

/// <summary>Even lists in ram, and odd ones on disk.</summary>
internal sealed class ChainStore : IListStore
{
    public async Task<int[]> ReadAsync(IRecordReader reader, int key)
        => key % 2 == 0
            ? (await reader.ReadAsync<RamChain>(key))?.Values ?? []
            : (await reader.ReadAsync<DiskChain>(key))?.Values ?? [];

    public async Task WriteAsync(ITransaction tx, int key, int[] values)
    {
        if (key % 2 == 0)
            await tx.WriteAsync(new RamChain { Id = key, Values = values });
        else
            await tx.WriteAsync(new DiskChain { Id = key, Values = values });
    }
}
