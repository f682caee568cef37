using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Conformance;

/// <summary>A silo with an application's grains and their storage, and a client of it.</summary>
public class ApplicationGrainFixture : IAsyncLifetime
{
    private TestSilo? _silo;

    public IServiceProvider Silo => _silo!.Services;

    public IServiceProvider Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _silo = await TestSilo.StartAsync(
            static memento => memento.AddConformanceTables(TableStorage.Ram),
            silo =>
            {
                silo.AddMemoryGrainStorage("foreign");
                Configure(silo.Services);
            });
        Client = await _silo.ConnectAsync(
            static memento => memento.AddConformanceTables(TableStorage.Ram),
            client => Configure(client.Services));
    }

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null) await _silo.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Sets the silo and the client up further.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }
}
