using Memento.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Memento.Tests.Conformance;

/// <summary>A client that shares nothing with silos but the sockets of their gateways.</summary>
internal sealed class TestClient : IAsyncDisposable
{
    private readonly IHost _host;

    private TestClient(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    /// <summary>The store as the client has it.</summary>
    public IMemento Memento => Services.GetRequiredService<IMemento>();

    public static async Task<TestClient> StartAsync(
        Action<IMementoBuilder> configure, Action<IClientBuilder> configureClient)
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
            await host.StartAsync();
            return new TestClient(host);
        }
        catch
        {
            await FailedStart.CleanUpAsync(host);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
