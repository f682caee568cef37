using Memento;
using Memento.CrashChild;

// A silo of a cluster (see ClusterSilo), or a silo under load that its parent kills. That one says
// on the standard output what was acknowledged; the parent holds it to that. Arguments: the storage
// by name, its place, the round, the seed. In a negative round it has no load, and answers what the
// parent asks.
using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
if (args[0] == ClusterSilo.Mode)
{
    await ClusterSilo.RunAsync(args[1..], output);
    return;
}

string storage = args[0];
string place = args[1];
int round = int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture);
int seed = int.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture);

output.WriteLine("starting");
await using MementoHost host = await CrashStorage.StartAsync(storage, place);

if (round < 0)
{
    await CrashAnswers.RunAsync(host.Memento, Console.In, output);
    return;
}

await CrashLoad.FillAsync(host.Memento);
output.WriteLine("ready");
await new CrashLoad(host.Memento, round, seed, output).RunAsync();
