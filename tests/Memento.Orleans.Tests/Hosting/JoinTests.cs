using System.Net;
using Memento.Hosting;
using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Memento.Tests.Samples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Memento.Tests.Hosting;

/// <summary>A silo whose cluster cannot be reached: Orleans alone tries for minutes.</summary>
public sealed class JoinTests
{
    /// <summary>More than the store waits, and less than Orleans does.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task MementoHost_gives_up_and_says_why()
    {
        IPEndPoint nobody = NobodyListens();

        MementoException error =
            await Assert.ThrowsAsync<MementoException>(() => MementoHost.StartAsync(
            static memento => memento.AddTable<Entry>(),
            builder => builder.Services.PostConfigure<DevelopmentClusterMembershipOptions>(
                options => options.PrimarySiloEndpoint = nobody)).WaitAsync(Bound));

        Assert.StartsWith(
            "The silo could not join its cluster", error.Message, StringComparison.Ordinal);
        Assert.Contains($":{nobody.Port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_in_a_host_of_its_own_says_it_in_the_log()
    {
        IPEndPoint nobody = NobodyListens();
        var lines = new LineLog();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.AddProvider(new LineLogProvider(lines));
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(siloPort: FreePort(), gatewayPort: 0, nobody)
            .AddMemento(static memento => memento.AddTable<Entry>()));
        IHost host = builder.Build();
        using var end = new CancellationTokenSource();

        Task starting = host.StartAsync(end.Token);
        await lines.WaitForAsync("The silo has not joined its cluster after").WaitAsync(Bound);

        Assert.False(starting.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting.Within());
        await FailedStart.CleanUpAsync(host);
    }

    private static IPEndPoint NobodyListens() => new(IPAddress.Loopback, FreePort());

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
