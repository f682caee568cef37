using Memento.Tests.Clusters;
using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Queries.Oracle;

/// <summary>
/// Random queries by snapshot while others write, and an index comes and goes: each answer is that
/// of LINQ to objects over all records that the same snapshot shows. To run more:
/// <c>MEMENTO_SNAPSHOT_CASES</c>; to run a failure again: <c>MEMENTO_QUERY_SEED</c>.
/// </summary>
public sealed class SnapshotOracleTests
{
    private const int QueriesEach = 8;

    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(10);

    private static readonly int Seed = Settings.Number("MEMENTO_QUERY_SEED", Environment.TickCount);

    [Theory]
    [InlineData(1, false, 400)]
    [InlineData(1, true, 80)]
    [InlineData(3, false, 120)]
    [InlineData(3, true, 60)]
    public async Task Each_answer_is_of_what_the_snapshot_shows(int silos, bool isClient, int cases)
    {
        var tables = new OracleTables(Seed);
        await using SiloCluster cluster = await SiloCluster.StartAsync(silos, Add);
        IServiceProvider services = isClient
            ? (await cluster.ConnectAsync()).Services
            : cluster.Silos[0].Services;
        var writers = new OracleWriters(
            cluster.Silos[^1].Services.GetRequiredService<IMemento>(), tables, Seed);
        using var ending = new CancellationTokenSource();
        Task writing = writers.RunAsync(ending.Token);
        try
        {
            await AskAsync(
                services.GetRequiredService<IMemento>(),
                tables,
                Settings.Number("MEMENTO_SNAPSHOT_CASES", cases)).WaitAsync(LongestRun);
        }
        finally
        {
            await ending.CancelAsync();
            await writing.Within("the writers end");
        }

        Assert.True(writers.Committed > 0, $"Nothing was written; seed {Seed}.");
        Assert.True(writers.Indexed > 0, $"No index came; seed {Seed}.");
        await cluster.UntilIdleAsync();

        void Add(IMementoBuilder builder)
        {
            foreach (OracleTable table in tables.All)
                table.AddTo(builder);
        }
    }

    private static async Task AskAsync(IMemento memento, OracleTables tables, int cases)
    {
        var random = new Random(Seed);
        for (int asked = 0; asked < cases;)
        {
            await memento.SnapshotAsync(async snapshot =>
            {
                var seen = new Dictionary<OracleModel, OracleModel>();
                foreach (OracleTable table in tables.All)
                {
                    if (!seen.TryGetValue(table.Model, out OracleModel? model))
                        seen[table.Model] = model = await table.ReadModelAsync(snapshot);

                    // A transaction writes the same into all tables.
                    await table.CheckContentAsync(
                        snapshot, model, $"seed {Seed}: content of {table.Name}");
                }

                for (int count = 0; count < QueriesEach; count++)
                {
                    RandomQuery query = RandomQuery.Next(random, tables.Focus);
                    string context = $"seed {Seed}, case {++asked}: {query}\n{tables}";
                    foreach (OracleTable table in tables.All)
                    {
                        await table.CheckAsync(
                            snapshot,
                            seen[table.Model],
                            query,
                            $"table {table.Name}, {context}");
                    }
                }
            });
        }
    }
}
