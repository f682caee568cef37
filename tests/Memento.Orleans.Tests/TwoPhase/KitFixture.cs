using Memento.Tests.Compliance;

namespace Memento.Tests.TwoPhase;

/// <summary>Silos that the tests of a class share, each with keys of its own.</summary>
public abstract class KitFixture<TStorage>(int silos) : IAsyncLifetime
    where TStorage : StorageUnderTest, new()
{
    internal MixedScene Scene { get; private set; } = null!;

    public async ValueTask InitializeAsync()
        => Scene = await MixedScene.StartAsync(silos, new TStorage());

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Scene.DisposeAsync();
    }
}
