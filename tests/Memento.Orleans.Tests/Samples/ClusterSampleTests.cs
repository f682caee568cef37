using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Memento.Tests.PostgreSql;

namespace Memento.Tests.Samples;

/// <summary>The demonstration of <c>samples/Cluster</c>, shortened.</summary>
public sealed partial class ClusterSampleTests : IDisposable
{
    private const string Program = "ClusterProgram";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_is_lost_while_a_silo_is_killed_and_others_join()
    {
        PostgresServer.Require();
        await using ChildProgram sample = ChildProgram.Start(
            Program, _folder.Path, environment: null, "--seconds", "10");

        int exit = await sample.WaitForEndAsync(Patience);

        Assert.Equal((0, ""), (exit, sample.Errors));
        Assert.Contains("silo-2 was killed with kill -9", sample.Output);
        Assert.Matches("agreed that silo-2 is dead, [0-9.]+ s after the kill", sample.Output);
        Assert.Contains("silo-4 serves", sample.Output);
        Assert.Matches("[0-9,]+ transfers were acknowledged, and each is on disk.", sample.Output);
        Assert.Contains("The balances on disk add up to 300,000", sample.Output);
        Assert.Matches("of the 300 notes in ram are left", sample.Output);
        AssertIsGone(sample.Output);
    }

    [Fact]
    public async Task Ctrl_C_stops_everything_that_it_started()
    {
        PostgresServer.Require();
        await using ChildProgram sample = ChildProgram.Start(Program, _folder.Path);
        await sample.WaitForAsync("silo-2 serves");

        await sample.InterruptAsync();

        Assert.Equal(
            (130, "Interrupted. Everything was stopped."),
            (await sample.WaitForEndAsync(Patience), sample.Errors));
        AssertIsGone(sample.Output);
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_one_sentence()
    {
        await using ChildProgram sample = ChildProgram.Start(
            Program, _folder.Path, environment: null,
            "--postgres", "Host=127.0.0.1;Port=1;Database=m;Username=m");

        Assert.Equal(1, await sample.WaitForEndAsync());
        Assert.StartsWith("Error: The PostgreSQL database cannot be opened: ", sample.Errors);
        Assert.DoesNotContain("\n", sample.Errors);
    }

    private static void AssertIsGone(string output)
    {
        int[] ids = [.. SiloId().Matches(output).Select(static match
            => int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture))];
        Assert.NotEmpty(ids);
        Assert.Empty(Process.GetProcesses().Select(static process => process.Id).Intersect(ids));
    }

    [GeneratedRegex("silo-[0-9] serves, as process (?<id>[0-9]+)")]
    private static partial Regex SiloId();
}
