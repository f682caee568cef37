namespace Memento.Tests.Conformance;

/// <summary>A silo with an application's grains and their storage, and a client of it.</summary>
public sealed class ApplicationGrainFixture : IAsyncLifetime
{
    private TestSilo? _silo;

    public IServiceProvider Silo => _silo!.Services;

    public IServiceProvider Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _silo = await TestSilo.StartAsync(
            static memento => memento.AddConformanceTables(TableStorage.Ram),
            static silo => silo.AddMemoryGrainStorage("foreign"));
        Client = await _silo.ConnectAsync(
            static memento => memento.AddConformanceTables(TableStorage.Ram));
    }

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null) await _silo.DisposeAsync();
    }
}
