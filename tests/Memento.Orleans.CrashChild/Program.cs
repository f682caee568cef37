using Memento;
using Memento.CrashChild;

// A silo under load that its parent kills. It says on the standard output what was acknowledged;
// the parent holds it to that. Arguments: the database file, the round, the seed.
string file = args[0];
int round = int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture);
int seed = int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture);

using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
output.WriteLine("starting");
await using MementoHost host = await MementoHost.StartAsync(memento =>
{
    memento.UseSqlite($"Data Source={file}");
    CrashTables.AddTo(memento);
});

await host.Memento.TransactionAsync(async tx =>
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
output.WriteLine("ready");
IEnumerable<CrashWorker> workers = Enumerable.Range(0, CrashTables.Workers)
    .Select(worker => new CrashWorker(host.Memento, round, worker, seed + worker, output));
var gardener = new CrashGardener(host.Memento, round, output);
await Task.WhenAny(workers.Select(worker => Task.Run(worker.RunAsync)).Append(
    Task.Run(gardener.RunAsync))).Unwrap();
