using System.Text.Json;

namespace Memento.Benchmarks.Clusters;

/// <summary>
/// A silo in a process of its own. It carries out one <see cref="SiloOrder"/> after the other, and
/// ends when its input ends, which is so when its parent has died, too.
/// </summary>
internal static class SiloProgram
{
    /// <summary>The first argument of a process that is a silo.</summary>
    public const string Command = "silo";

    public static async Task<int> RunAsync()
    {
        using var pauses = new PauseListener();
        BenchmarkTarget? target = null;
        LocalWorkers? workers = null;
        try
        {
            while (await Console.In.ReadLineAsync() is { } line)
            {
                object answer;
                switch (JsonSerializer.Deserialize<SiloOrder>(line)!)
                {
                    case SiloOrder.Join join:
                        target = await BenchmarkTarget.JoinAsync(StorageOf(join), join.Place);
                        workers = new LocalWorkers(target, pauses);
                        answer = Environment.ProcessId;
                        break;
                    case SiloOrder.Load load:
                        answer = await workers!.LoadAsync(load.Size);
                        break;
                    case SiloOrder.Run run:
                        answer = await workers!.RunAsync(run.Order);
                        break;
                    default:
                        answer = await workers!.SumAsync();
                        break;
                }

                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(answer));
            }
        }
        finally
        {
            if (target is not null) await target.DisposeAsync();
        }

        return 0;
    }

    private static BenchmarkStorage StorageOf(SiloOrder.Join join)
        => new(
            join.Storage,
            directory: ".",
            join.PostgreSql is null ? null : PostgreSqlServer.Of(join.PostgreSql),
            redis: null);
}
