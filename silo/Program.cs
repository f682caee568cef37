using Memento.Silo.Copying;
using Memento.Silo.Describing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Memento.Silo;

internal static class Program
{
    private const int Failed = 1;

    public static async Task<int> Main(string[] args)
    {
        try
        {
            if (CopyArguments.Take(ref args) is { } copy)
            {
                await CopyCommand.RunAsync(copy, args);
                return 0;
            }

            if (InfoArguments.Take(ref args) is { } info)
            {
                await InfoCommand.RunAsync(info, args);
                return 0;
            }

            if (TransactionsArguments.Take(ref args) is { } transactions)
            {
                await TransactionsCommand.RunAsync(transactions, args);
                return 0;
            }

            IHost host = await SiloHost.BuildAsync(args);
            await using var scope = (IAsyncDisposable)host;
            await RunAsync(host);
            return 0;
        }
        catch (Exception failure) when (StartFailure.Explain(failure) is { } message)
        {
            await Console.Error.WriteLineAsync($"Error: {message}");
            return Failed;
        }
    }

    private static async Task RunAsync(IHost host)
    {
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStopping.Register(static () => Console.WriteLine("Stopping."));
        await host.StartAsync();
        await ServingReport.WriteAsync(host.Services, Console.Out, lifetime.ApplicationStopping);
        await host.WaitForShutdownAsync();
        Console.WriteLine("Stopped.");
    }
}
