using Memento.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Memento;

/// <summary>
/// A client of a <see cref="MementoTestCluster"/>, which shares nothing with the silos but the
/// sockets of their gateways.
/// </summary>
public sealed class TestClient : IAsyncDisposable
{
    private readonly IHost _host;

    private TestClient(IHost host) => _host = host;

    /// <summary>The store as the client has it: each call is a message.</summary>
    public IMemento Memento => Services.GetRequiredService<IMemento>();

    /// <summary>The services of the client.</summary>
    public IServiceProvider Services => _host.Services;

    internal bool IsDisposed { get; private set; }

    internal static async Task<TestClient> StartAsync(
        Action<IMementoBuilder> configure,
        Action<IClientBuilder> configureClient,
        CancellationToken cancellationToken = default)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleansClient(client =>
        {
            client.AddMemento(configure);
            configureClient(client);
        });
        IHost host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            return new TestClient(host);
        }
        catch
        {
            await FailedStart.CleanUpAsync(host);
            throw;
        }
    }

    /// <summary>Stops the client. The transactions that it runs end by their time limit.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsDisposed) return;
        IsDisposed = true;
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
