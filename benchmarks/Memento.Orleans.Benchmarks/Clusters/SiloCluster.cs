namespace Memento.Benchmarks.Clusters;

/// <summary>
/// Silos in a process each. Worker <c>i</c> is in silo <c>i</c> modulo their number, as it is in
/// that node of mnesia_peer.erl.
/// </summary>
internal sealed class SiloCluster : IWorkers, IAsyncDisposable
{
    private readonly List<SiloProcess> _silos = [];

    private SiloCluster()
    {
    }

    public static async Task<SiloCluster> StartAsync(BenchmarkStorage storage, int count)
    {
        var cluster = new SiloCluster();
        try
        {
            // One after the other: the first one makes the tables, and keeps the membership.
            foreach (SiloPlace place in SiloPlace.Find(count))
            {
                var silo = SiloProcess.Start();
                cluster._silos.Add(silo);
                await silo.AskAsync<int>(new SiloOrder.Join(
                    place, storage.Name, storage.Server?.ConnectionString));
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task<TimeSpan> LoadAsync(TableSize size)
        => _silos[0].AskAsync<TimeSpan>(new SiloOrder.Load(size));

    public Task<long> SumAsync() => _silos[0].AskAsync<long>(new SiloOrder.Sum());

    public async Task<RunResult> RunAsync(RunOrder order)
        => RunResult.Join(await Task.WhenAll(_silos.Select((silo, number)
            => silo.AskAsync<RunResult>(new SiloOrder.Run(order with
            {
                Workers = [.. order.Workers.Where(worker => worker % _silos.Count == number)],
            })))));

    public async ValueTask DisposeAsync()
        => await Task.WhenAll(_silos.Select(static silo => silo.DisposeAsync().AsTask()));
}
