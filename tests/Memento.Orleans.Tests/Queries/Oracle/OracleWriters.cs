namespace Memento.Tests.Queries.Oracle;

/// <summary>
/// Transactions side by side, each of which writes the same into all tables; and an index that is
/// added and removed.
/// </summary>
internal sealed class OracleWriters(IMemento memento, OracleTables tables, int seed)
{
    private const int Writers = 3;

    // Each writer has keys of its own, so that later records of a bag have greater serials.
    private const int KeysEach = 5;

    private int _lastSerial;
    private int _committed;

    public int Committed => Volatile.Read(ref _committed);

    /// <summary>How often the index was added.</summary>
    public int Indexed { get; private set; }

    /// <summary>Runs until it is ended; an index is added once at the least.</summary>
    public Task RunAsync(CancellationToken ending)
        => Task.WhenAll(
        [
            .. Enumerable.Range(0, Writers).Select(writer => Task.Run(
                () => WriteAsync(writer, ending), CancellationToken.None)),
            Task.Run(() => ChangeIndexAsync(ending), CancellationToken.None),
        ]);

    private async Task WriteAsync(int writer, CancellationToken ending)
    {
        var random = new Random(HashCode.Combine(seed, writer));
        while (!ending.IsCancellationRequested)
        {
            int bodySeed = random.Next();
            try
            {
                await memento.TransactionAsync(
                    tx => WriteAsync(tx, writer, new Random(bodySeed)),
                    cancellationToken: CancellationToken.None);
                Interlocked.Increment(ref _committed);
            }
            catch (UniqueIndexException)
            {
                // Another record has the value: nothing of the transaction was kept.
            }
        }
    }

    private async Task WriteAsync(ITransaction tx, int writer, Random random)
    {
        for (int count = 1 + random.Next(4); count > 0; count--)
        {
            Sample values = OracleRun.NextStorable(random) with
            {
                Id = writer + (Writers * random.Next(KeysEach)),
            };
            bool deletes = random.Next(3) == 0;
            var row = new ModelRow(values, Interlocked.Increment(ref _lastSerial));
            foreach (OracleTable table in tables.All)
            {
                if (deletes)
                    await table.DeleteAsync(tx, values);
                else
                    await table.WriteAsync(tx, row);
            }
        }
    }

    private async Task ChangeIndexAsync(CancellationToken ending)
    {
        do
        {
            await memento.Tables.AddIndexAsync<IdRow<Plain>>(
                static row => row.Int, cancellationToken: CancellationToken.None);
            Indexed++;
            await Task.Yield();
            await memento.Tables.RemoveIndexAsync<IdRow<Plain>>(
                nameof(Sample.Int), CancellationToken.None);
        }
        while (!ending.IsCancellationRequested);
    }
}
