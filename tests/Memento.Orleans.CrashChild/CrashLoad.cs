namespace Memento.CrashChild;

/// <summary>
/// Transactions of several workers at once, which say each commit that was acknowledged, after it
/// was.
/// </summary>
/// <param name="memento">The store.</param>
/// <param name="round">The round, so that no two write the same.</param>
/// <param name="seed">The seed of what they do.</param>
/// <param name="output">Gets a line for each acknowledgement.</param>
public sealed class CrashLoad(IMemento memento, int round, int seed, TextWriter output)
{
    /// <summary>Makes the accounts, if there are none yet.</summary>
    public static Task FillAsync(IMemento memento) => memento.TransactionAsync(async tx =>
    {
        if (await tx.CountAsync<CrashAccount>() > 0) return;
        for (int id = 0; id < CrashTables.Accounts; id++)
        {
            await tx.WriteAsync(new CrashAccount
            {
                Id = id,
                Balance = CrashTables.InitialBalance,
            });
        }
    });

    /// <summary>Runs for ever; the first failure ends it.</summary>
    public async Task RunAsync()
        => await Task.WhenAny(Start(static run => Task.FromException(run), CancellationToken.None))
            .Unwrap();

    /// <summary>Runs until it is told to end, and throws the first failure then.</summary>
    public Task RunUntilAsync(CancellationToken ending)
        => Task.WhenAll(Start(static failure => Task.FromException(failure), ending));

    /// <summary>
    /// Runs until it is told to end, whatever the storage says: a transaction that failed or is in
    /// doubt is not said, and the next one begins.
    /// </summary>
    public Task RunThroughFaultsAsync(CancellationToken ending) => Task.WhenAll(Start(
        static failure => failure is StorageException or TransactionInDoubtException
            ? Task.CompletedTask
            : Task.FromException(failure),
        ending));

    private Task[] Start(Func<Exception, Task> onFailure, CancellationToken ending)
    {
        IEnumerable<Func<long, Task>> all = Enumerable.Range(0, CrashTables.Workers)
            .Select(worker => (Func<long, Task>)new CrashWorker(
                memento, round, worker, seed + worker, output).RunAsync)
            .Append(new CrashGardener(memento, round, output).RunAsync);
        return [.. all.Select(each => Task.Run(() => RepeatAsync(each, onFailure, ending)))];
    }

    private static async Task RepeatAsync(
        Func<long, Task> step, Func<Exception, Task> onFailure, CancellationToken ending)
    {
        for (long sequence = 1; !ending.IsCancellationRequested; sequence++)
        {
            try
            {
                await step(sequence);
            }
            catch (Exception failure)
            {
                await onFailure(failure);
            }
        }
    }
}
