using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Memento.Benchmarks;

/// <summary>The records of the table under test.</summary>
internal static class Records
{
    private const long FirstBalance = 1_000;

    private const int BatchSize = 10_000;

    public static Entry Make(long key, string body, long group)
        => new() { Id = key, Body = body, Balance = FirstBalance, Group = group, Section = group };

    /// <summary>Writes the records that all workloads begin with; memory is bounded.</summary>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> LoadAsync(IMemento memento, TableSize size)
    {
        long started = Stopwatch.GetTimestamp();
        long written = await memento.Table<Entry>().PutManyAsync(MakeAllAsync(size), BatchSize);
        Workload.Require(written == size.Records, "Another number of records was loaded.");
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>The sum of all balances, which transfers must not change.</summary>
    public static Task<long> SumAsync(IMemento memento)
        => memento.TransactionAsync(async transaction
            => (await transaction.AllAsync<Entry>()).Sum(static entry => entry.Balance));

    private static async IAsyncEnumerable<Entry> MakeAllAsync(
        TableSize size, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Each its own text, as records that came from somewhere have.
        for (int key = 0; key < size.Records; key++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Make(key, new string('x', Entry.BodyLength), key % size.Groups);
        }

        await Task.CompletedTask;
    }
}
