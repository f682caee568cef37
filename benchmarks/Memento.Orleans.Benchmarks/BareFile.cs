using System.Diagnostics;
using System.Text;
using Memento.Storage;
using Memento.Storage.Sqlite;

namespace Memento.Benchmarks;

/// <summary>
/// Writes batches to a SQLite file by the storage alone, one after the other, with no journal and
/// no transactions around it.
/// </summary>
internal static class BareFile
{
    private const string Table = "Bare";
    private const int Partitions = 16;
    private const int RowsOfFilling = 1_000;

    private static readonly byte[] Document = Encoding.UTF8.GetBytes(
        $$"""{"Id":1234,"Body":"{{new string('y', Entry.BodyLength)}}","Balance":1000,"""
        + """ "Group":12,"Section":12}""");

    /// <summary>How many batches of some rows a second are written.</summary>
    public static async Task<double> MeasureAsync(
        string directory, TableSize size, int rows, TimeSpan duration)
    {
        string path = Path.Combine(directory, $"bare-{Guid.NewGuid():N}.db");
        await using var storage = new SqliteJournalStorage($"Data Source={path}");
        await storage.OpenAsync(CancellationToken.None);
        await storage.CreateTableAsync(Table, CancellationToken.None);
        var epochs = new long[Partitions];
        for (int partition = 0; partition < Partitions; partition++)
        {
            epochs[partition] = await storage.RaiseEpochAsync(
                Table, partition, CancellationToken.None);
        }

        long position = 1;
        for (int first = 0; first < size.Records; first += RowsOfFilling)
            await WriteAsync(Enumerable.Range(first, RowsOfFilling));

        var random = new Random(1);
        long written = 0;
        long started = Stopwatch.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            await WriteAsync(Enumerable.Range(0, rows).Select(_ => random.Next(size.Records)));
            written++;
            elapsed = Stopwatch.GetElapsedTime(started);
        }
        while (elapsed < duration);

        return written / elapsed.TotalSeconds;

        ValueTask WriteAsync(IEnumerable<int> keys)
        {
            JournalEntry[] entries = [.. keys.Select(key => EntryOf(key, epochs))];
            var batch = new JournalBatch(position, entries);
            position += entries.Length;
            return storage.WriteAsync(batch, CancellationToken.None);
        }
    }

    private static JournalEntry EntryOf(int key, long[] epochs)
    {
        int partition = key % Partitions;
        return new JournalEntry
        {
            TransactionId = Guid.NewGuid(),
            Writes =
            [
                new RowWrite(Table, partition, [.. BitConverter.GetBytes(key).Reverse()], Document),
            ],
            Epochs = [new PartitionEpoch(Table, partition, epochs[partition])],
        };
    }
}
