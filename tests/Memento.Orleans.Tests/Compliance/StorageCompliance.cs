using Memento.Storage;

namespace Memento.Tests.Compliance;

/// <summary>
/// What every durable storage must hold: the promises of <see cref="IJournalStorage"/>, a test
/// each. A storage derives from it, and keeps to itself what only it promises.
/// </summary>
public abstract partial class StorageCompliance<TStorage> : IAsyncLifetime
    where TStorage : StorageUnderTest, new()
{
    private readonly TStorage _place = new() { Patience = TimeSpan.FromMilliseconds(100) };
    private readonly List<IJournalStorage> _opened = [];
    private StorageScene _scene = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IJournalStorage Storage => _scene.Storage;

    public async ValueTask InitializeAsync() => _scene = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (IJournalStorage storage in _opened)
            await storage.DisposeAsync();
        await _place.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the place once more.</summary>
    private Task<StorageScene> OpenAsync() => StorageScene.OpenAsync(New());

    private IJournalStorage New()
    {
        IJournalStorage storage = _place.Create();
        _opened.Add(storage);
        return storage;
    }

    /// <summary>Closes the storage and opens another one on the place.</summary>
    private async Task ReopenAsync()
    {
        await Storage.DisposeAsync();
        _scene = await OpenAsync();
    }

    private async Task HasRowsAsync(params string[] rows)
        => Assert.Equal(rows, await _scene.RowsAsync());
}
