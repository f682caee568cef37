using System.CommandLine;
using System.Globalization;

namespace Memento.Benchmarks;

/// <summary>The options of the program.</summary>
internal static class CommandLine
{
    private static readonly string[] UsualStorages =
        [BenchmarkStorage.Ram, BenchmarkStorage.Disk];

    public static RootCommand Create(Func<BenchmarkOptions, CancellationToken, Task<int>> run)
    {
        Option<double> seconds = new("--seconds")
        {
            Description = "How long each workload is measured, after a second of warm-up.",
            DefaultValueFactory = static _ => 2,
        };
        Option<string> records = new("--records")
        {
            Description = "Sizes of the table, with commas between.",
            DefaultValueFactory = static _
                => TableSize.Usual.ToString(CultureInfo.InvariantCulture),
        };
        Option<string> workers = new("--workers")
        {
            Description = "Numbers of workers, with commas between.",
            DefaultValueFactory = static _ => "1,32",
        };
        Option<string> workloads = new("--workloads")
        {
            Description = "Workloads, with commas between.",
            DefaultValueFactory =
                static _ => string.Join(',', Workload.All
                    .Where(static each => !each.NeedsSilos).Select(static each => each.Name)),
        };
        Option<string> storage = new("--storage")
        {
            Description = "ram, disk (SQLite, fsynced), postgresql, redis and adonet (grain "
                + "storages), with commas between.",
            DefaultValueFactory = static _ => string.Join(',', UsualStorages),
        };
        Option<bool> client = new("--client")
        {
            Description = "Through an Orleans client over TCP loopback instead of in the silo.",
        };
        Option<int> silos = new("--silos")
        {
            Description = "How many silos there are; several are in a process each, with the "
                + "workers spread over them, on ram or postgresql.",
            DefaultValueFactory = static _ => 1,
        };
        Option<bool> peer = new("--peer")
        {
            Description = "Run Mnesia on the same workloads right before, and print the ratio.",
        };
        Option<bool> clear = new("--clear")
        {
            Description = "After the workloads, time emptying the table and deleting it.",
        };
        Option<bool> load = new("--load")
        {
            Description = "Before the workloads, start again and time loading the table.",
        };
        Option<bool> stream = new("--stream")
        {
            Description = "After the workloads, stream the table by a snapshot: memory and time.",
        };
        Option<string?> postgreSql = new("--postgresql")
        {
            Description = "A connection string to a PostgreSQL server, instead of a private one.",
        };
        Option<bool> ended = new("--ended")
        {
            Description = "Only measure how an hour's transactions of clients are remembered.",
        };
        Option<bool> mixed = new("--mixed")
        {
            Description = "Only measure transactions over a transactional grain and a record.",
        };
        Option<bool> claims = new("--claims")
        {
            Description = "Only measure workers that claim jobs and complete them.",
        };
        Option<DirectoryInfo> directory = new("--directory")
        {
            Description = "Where a directory for the database is made, and removed afterwards.",
            DefaultValueFactory = static _ => new DirectoryInfo("."),
        };
        Option<FileInfo?> json = new("--json") { Description = "Write the results here as well." };

        RootCommand command = new("Measures Memento.Orleans; see benchmarks/README.md.")
        {
            seconds, records, workers, workloads, storage, silos, client, peer, clear, load,
            stream, postgreSql, ended, mixed, claims, directory, json,
        };
        Check(records, static each
            => int.TryParse(each, CultureInfo.InvariantCulture, out int number)
                && TableSize.IsValid(number));
        Check(workers, static each
            => int.TryParse(each, CultureInfo.InvariantCulture, out int number) && number > 0);
        Check(workloads, static each => Workload.All.Any(known => known.Name == each));
        Check(storage, static each => BenchmarkStorage.Names.Contains(each));
        silos.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--silos is at least 1.");
        });
        command.Validators.Add(result =>
        {
            bool areSeveral = result.GetValue(silos) > 1;
            if (areSeveral && (result.GetValue(client) || result.GetValue(clear)
                || result.GetValue(load) || result.GetValue(stream)
                || Parts(result.GetValue(storage)).Except(BenchmarkStorage.OfClusters).Any()))
            {
                result.AddError(
                    "Several silos are measured on ram and postgresql, without --client, --clear, "
                    + "--load and --stream.");
            }

            if (!areSeveral && Parts(result.GetValue(workloads)).Any(
                static name => Workload.All.Any(each => each.Name == name && each.NeedsSilos)))
            {
                result.AddError("'remote' needs several --silos.");
            }

            if (areSeveral && result.GetValue(peer)
                && result.GetValue(silos) != MnesiaPeer.NodesOfReplicas)
            {
                result.AddError(
                    $"The peer has 1 or {MnesiaPeer.NodesOfReplicas} nodes, so --silos too.");
            }
        });
        command.SetAction((parsed, cancellationToken)
            => parsed.GetValue(ended) ? EndedTransactionsProbe.RunAsync()
            : parsed.GetValue(mixed) ? MixedProbe.RunAsync(
                parsed.GetValue(directory)!,
                TimeSpan.FromSeconds(parsed.GetValue(seconds)))
            : parsed.GetValue(claims) ? ClaimProbe.RunAsync(
                parsed.GetValue(directory)!,
                TimeSpan.FromSeconds(parsed.GetValue(seconds)))
            : run(
                new BenchmarkOptions
                {
                    Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                    Sizes = [.. Numbers(parsed.GetValue(records)).Order()
                        .Select(static number => new TableSize(number))],
                    Workers = Numbers(parsed.GetValue(workers)),
                    Workloads = [.. Workload.All.Where(each
                        => Parts(parsed.GetValue(workloads)).Contains(each.Name))],
                    Storages = Parts(parsed.GetValue(storage)),
                    Silos = parsed.GetValue(silos),
                    ThroughClient = parsed.GetValue(client),
                    RunsPeer = parsed.GetValue(peer),
                    Clears = parsed.GetValue(clear),
                    Restarts = parsed.GetValue(load),
                    Streams = parsed.GetValue(stream),
                    PostgreSql = parsed.GetValue(postgreSql),
                    Directory = parsed.GetValue(directory)!.FullName,
                    Json = parsed.GetValue(json),
                },
                cancellationToken));
        return command;
    }

    private static void Check(Option<string> option, Func<string, bool> isKnown)
        => option.Validators.Add(result =>
        {
            foreach (string part in Parts(result.GetValueOrDefault<string>()))
            {
                if (!isKnown(part)) result.AddError($"{option.Name}: '{part}' is not known.");
            }
        });

    private static int[] Numbers(string? list)
        => Array.ConvertAll(
            Parts(list), static each => int.Parse(each, CultureInfo.InvariantCulture));

    private static string[] Parts(string? list)
        => (list ?? "").Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
