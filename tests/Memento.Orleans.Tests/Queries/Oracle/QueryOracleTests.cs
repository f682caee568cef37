using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Queries.Oracle;

/// <summary>
/// Random queries of tables with and without indexes, against the same in LINQ to objects. To run
/// more: <c>MEMENTO_QUERY_CASES=100000</c>; to run a failure again: <c>MEMENTO_QUERY_SEED</c> with
/// the seed of its message.
/// </summary>
public sealed class QueryOracleTests
{
    private const int SiloCases = 1_800;
    private const int ClientCases = 180;

    /// <summary>After so many, other tables are made, with other indexes.</summary>
    private const int CasesEach = 600;

    private static readonly int Seed = Settings.Number("MEMENTO_QUERY_SEED", Environment.TickCount);
    private static readonly int Cases = Settings.Number("MEMENTO_QUERY_CASES", SiloCases);

    [Fact]
    public Task In_a_silo_every_table_gives_the_answer_of_LINQ()
        => RunAsync(Cases, isClient: false);

    [Fact]
    public Task Over_TCP_every_table_gives_the_answer_of_LINQ()
        => RunAsync(Cases / (SiloCases / ClientCases), isClient: true);

    private static async Task RunAsync(int cases, bool isClient)
    {
        int seed = Seed;
        for (int left = cases; left > 0; left -= CasesEach)
        {
            var tables = new OracleTables(seed);
            await using TestSilo silo = await TestSilo.StartAsync(Add);
            IServiceProvider services = isClient ? await silo.ConnectAsync(Add) : silo.Services;
            var run = new OracleRun(services.GetRequiredService<IMemento>(), tables, seed);
            await run.RunAsync(Math.Min(left, CasesEach));
            Assert.True(run.Cases >= Math.Min(left, CasesEach));
            seed++;

            void Add(IMementoBuilder builder)
            {
                foreach (OracleTable table in tables.All)
                    table.AddTo(builder);
            }
        }
    }
}
