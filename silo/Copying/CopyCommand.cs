using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Memento.Silo.Copying;

/// <summary>
/// Copies the disk tables of the configured storage into another storage. It starts a store on
/// each, in this process, and uses their API; no client can reach them.
/// </summary>
internal static class CopyCommand
{
    /// <exception cref="SiloConfigurationException">
    /// A setting is wrong, the target has records or is not the same at the end, or the copy was
    /// interrupted.
    /// </exception>
    /// <exception cref="MementoException">A storage failed.</exception>
    public static async Task RunAsync(CopyArguments arguments, string[] others)
    {
        IConfiguration configuration = SiloHost.CreateBuilder(others).Configuration;
        SiloOptions options = SiloHost.Bind(configuration);
        Storage source = await Storage.Of(configuration, options.Storage).ConnectAsync();
        source.RequireFile();
        Storage target = await Storage.Of(arguments.Target).ConnectAsync();
        IReadOnlyList<Assembly> assemblies = TableAssemblies.Load(options);

        using var interruption = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        try
        {
            await using MementoHost from = await StartAsync(
                source, assemblies, configuration, interruption.Token);
            await UseTargetAsync(from, async copy =>
            {
                Console.WriteLine($"Copying {source}");
                Console.WriteLine($"     to {target}");
                Console.WriteLine();
                await copy.CopyAsync(arguments.Continues, interruption.Token);
            });

            // The target starts anew, so that what it has stored is compared.
            await UseTargetAsync(
                from, copy => copy.CompareAsync(arguments.Continues, interruption.Token));
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            throw new SiloConfigurationException(
                $"The copy was interrupted. The records of {source} are as they were. Run "
                + "the command again with --continue.");
        }

        async Task UseTargetAsync(MementoHost from, Func<StorageCopy, Task> use)
        {
            await using MementoHost to = await StartAsync(
                target, assemblies, configuration, interruption.Token);
            await use(new StorageCopy(from.Memento, to.Memento, assemblies, Console.Out));
        }

        void Interrupt(PosixSignalContext signal)
        {
            signal.Cancel = true;
            interruption.Cancel();
        }
    }

    private static Task<MementoHost> StartAsync(
        Storage storage,
        IReadOnlyList<Assembly> assemblies,
        IConfiguration configuration,
        CancellationToken cancellationToken)
        => MementoHost.StartAsync(
            memento =>
            {
                storage.Use(memento);
                foreach (Assembly assembly in assemblies) memento.AddTables(assembly);
            },
            application =>
            {
                application.Configuration.AddConfiguration(configuration);
                application.UseOrleans(storage.Register);

                // A grain storage finds its states by the name of the service.
                application.Services.PostConfigure<ClusterOptions>(
                    static cluster => cluster.ServiceId = SiloHost.ServiceId);
            },
            cancellationToken);
}
