using System.CommandLine;
using Memento;
using Spectre.Console;

namespace Cluster;

internal static class Program
{
    private const int Failed = 1;
    private const int Interrupted = 130;
    private const int ShortestSeconds = 10;
    private const string PostgresVariable = "MEMENTO_CLUSTER_POSTGRES";

    /// <summary>How long everything has to stop after Ctrl+C.</summary>
    private static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(1);

    public static Task<int> Main(string[] args)
        => args is [SiloProgram.Command, .. var arguments]
            ? SiloProgram.RunAsync(arguments)
            : CreateCommand().Parse(args).InvokeAsync(
                new InvocationConfiguration { ProcessTerminationTimeout = LongestStop });

    private static RootCommand CreateCommand()
    {
        var seconds = new Option<int>("--seconds")
        {
            Description = $"How long the clients make transfers, at least {ShortestSeconds}.",
            DefaultValueFactory = static _ => 60,
        };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < ShortestSeconds)
                result.AddError($"--seconds must be at least {ShortestSeconds}.");
        });
        var postgres = new Option<string?>("--postgres")
        {
            Description = "The connection string of a PostgreSQL database to use, in which a "
                + "schema is made and removed. Without it, and without "
                + $"{PostgresVariable} in the environment, a private server is started.",
            HelpName = "Host=…;Database=…;Username=…",
        };
        var command = new RootCommand(
            "Kills a silo of a cluster under load, and shows that nothing is lost.")
        {
            seconds, postgres,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            TimeSpan.FromSeconds(result.GetValue(seconds)),
            result.GetValue(postgres) ?? Environment.GetEnvironmentVariable(PostgresVariable),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        TimeSpan length, string? postgres, CancellationToken cancellationToken)
    {
        try
        {
            if (postgres is null)
            {
                await using PrivatePostgres? server =
                    await PrivatePostgres.TryStartAsync(cancellationToken);
                if (server is null)
                {
                    throw new ClusterException(
                        "No PostgreSQL server is installed here (initdb and pg_ctl): install "
                        + "one, or name a database with --postgres "
                        + "\"Host=…;Database=…;Username=…\" or "
                        + $"{PostgresVariable} in the environment.");
                }

                return await ShowAsync(server.ConnectionString, length, cancellationToken);
            }

            return await ShowAsync(postgres, length, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted. Everything was stopped.");
            return Interrupted;
        }
        catch (Exception failure) when (failure is ClusterException or MementoException)
        {
            await Console.Error.WriteLineAsync($"Error: {failure.Message}");
            return Failed;
        }
    }

    private static async Task<int> ShowAsync(
        string connectionString, TimeSpan length, CancellationToken cancellationToken)
    {
        IAnsiConsole console = AnsiConsole.Console;
        var place = new Place(connectionString, $"cluster_{Guid.NewGuid():N}");
        await place.RequireAsync(cancellationToken);
        try
        {
            var board = new Board(console);
            await using var demonstration = new Demonstration(place, board, length);
            await board.ShowWhileAsync(demonstration.RunAsync(cancellationToken));
            if (demonstration.Wrong.Count > 0)
            {
                foreach (string line in demonstration.Wrong)
                    await Console.Error.WriteLineAsync($"Wrong: {line}");
                return Failed;
            }

            foreach (string line in demonstration.Right)
                console.MarkupLineInterpolated($"[green]✓[/] {line}");
            return 0;
        }
        finally
        {
            await place.DropAsync();
        }
    }
}
