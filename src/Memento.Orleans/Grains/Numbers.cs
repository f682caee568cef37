using System.Collections.Concurrent;

namespace Memento.Grains;

/// <summary>
/// Assigns numbers to new records in this silo, from blocks of the table's sequence, so that concurrent
/// inserts do not wait for each other. The next is above every number used here, explicit ones too.
/// </summary>
internal sealed class Numbers(IGrainFactory grains)
{
    /// <summary>How many numbers a silo takes at once: the gap that a restart may leave.</summary>
    public const int BlockSize = 1000;

    private readonly ConcurrentDictionary<string, NumberBlock> _blocks = new();

    public ValueTask<long> NextAsync(string table, int partitions)
        => _blocks.GetOrAdd(table, Make, partitions).NextAsync();

    /// <summary>Notes a number that a record was written with.</summary>
    public void Observe(string table, long number)
    {
        if (_blocks.TryGetValue(table, out NumberBlock? block)) block.Observe(number);
    }

    private NumberBlock Make(string table, int partitions)
        => new(grains, table, partitions);
}
