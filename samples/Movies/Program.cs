using Memento;
using Movies.Input;
using Spectre.Console;

namespace Movies;

internal static class Program
{
    private const int Failed = 1;
    private const int Interrupted = 130;

    public static Task<int> Main(string[] args)
        => CommandLine.Create(RunAsync).Parse(args).InvokeAsync();

    private static async Task<int> RunAsync(
        WalkOptions options, CancellationToken cancellationToken)
    {
        IAnsiConsole console = AnsiConsole.Console;
        try
        {
            await using Store store = options.Silos is { } silos
                ? await Store.ConnectAsync(silos, cancellationToken)
                : await Store.EmbedAsync(options.Database, cancellationToken);
            console.MarkupLineInterpolated($"[bold]Memento.Orleans[/] · {store.Description}");
            await new Walk(console, TimeProvider.System)
                .RunAsync(store.Memento, options.DataPath, cancellationToken);
            console.WriteLine();
            console.MarkupLine("That is the walk. Run it again: the data is there then.");
            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync(
                "Interrupted. What was committed is kept; run this again to go on.");
            return Interrupted;
        }
        catch (Exception failure) when (failure
            is MementoException or MovieFileException or StoreException
            or OrleansException or TimeoutException)
        {
            await Console.Error.WriteLineAsync($"Error: {failure.Message}");
            return Failed;
        }
    }
}
