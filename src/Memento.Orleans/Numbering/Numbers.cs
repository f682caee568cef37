using System.Collections.Concurrent;
using Memento.Tables;

namespace Memento.Numbering;

/// <summary>
/// Assigns numbers to new records in this silo, from blocks of the table's sequence, so that concurrent
/// inserts do not wait for each other. The next is above every number that was committed here, explicit
/// ones too.
/// </summary>
internal sealed class Numbers(IGrainFactory grains)
{
    /// <summary>How many numbers a silo takes at once: the gap that a restart may leave.</summary>
    public const int BlockSize = 1000;

    /// <summary>A narrow key has room for so many blocks at least: a restart must not use it up.</summary>
    private const int FewestBlocks = 1024;

    private readonly ConcurrentDictionary<string, NumberBlock> _blocks = new();

    /// <summary>How many numbers of a table a silo takes at once.</summary>
    public static int BlockSizeOf(TableDefinition table)
        => (int)Math.Clamp(table.HighestNumber / FewestBlocks, 1, BlockSize);

    /// <exception cref="MementoException">The numbers of the table's key are used up.</exception>
    public ValueTask<long> NextAsync(TableDefinition table)
        => _blocks.TryGetValue(table.Name, out NumberBlock? block)
            ? block.NextAsync()
            : _blocks.GetOrAdd(table.Name, Make, table).NextAsync();

    /// <summary>Notes a number that a record was committed with.</summary>
    public void Observe(string table, long number)
    {
        if (_blocks.TryGetValue(table, out NumberBlock? block)) block.Observe(number);
    }

    private NumberBlock Make(string name, TableDefinition table) => new(grains, table);
}
