using Memento.Tests.Compliance;

namespace Memento.Tests.TwoPhase;

/// <summary>Silos that the tests of a class share, each with keys of its own.</summary>
public abstract class MixedFixture<TStorage>(int silos) : IAsyncLifetime
    where TStorage : StorageUnderTest, new()
{
    internal TillScene Scene { get; private set; } = null!;

    public async ValueTask InitializeAsync()
        => Scene = await TillScene.StartAsync<TStorage>(silos);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Scene.DisposeAsync();
    }
}
