using System.Text.Json;
using Memento.Journaling;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Memento.Hosting;

/// <summary>
/// Keeps the catalog and the sequences in the grain storage that the durable storage gives. Each is
/// one text of JSON, so that the provider's own format does not matter. Failures are the same
/// errors as those of the durable storage.
/// </summary>
/// <param name="inner">The storage of the provider.</param>
/// <param name="place">The place of that storage, for people.</param>
/// <param name="services">The services of the silo.</param>
internal sealed class CatalogGrainStorage(
    IGrainStorage inner, string place, IServiceProvider services)
    : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle)
    {
        // The silo starts a registered storage itself.
        if (inner is ILifecycleParticipant<ISiloLifecycle> participant
            && !services.GetServices<ILifecycleParticipant<ISiloLifecycle>>()
                .Contains(participant))
        {
            participant.Participate(lifecycle);
        }
    }

    public async Task ReadStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = new GrainState<CatalogDocument>();
        await TranslateAsync("read", async () =>
        {
            await inner.ReadStateAsync(stateName, grainId, stored);
            grainState.State = stored.RecordExists
                ? JsonSerializer.Deserialize<T>(stored.State!.Json, CatalogJson.Options)!
                : Activator.CreateInstance<T>();
        });
        TellVersion(stored, grainState);
    }

    public async Task WriteStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        GrainState<CatalogDocument> stored = WithVersion(grainState);
        stored.State = new CatalogDocument
        {
            Json = JsonSerializer.Serialize(grainState.State, CatalogJson.Options),
        };
        await TranslateAsync(
            "written", () => inner.WriteStateAsync(stateName, grainId, stored));
        TellVersion(stored, grainState);
    }

    public async Task ClearStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        GrainState<CatalogDocument> stored = WithVersion(grainState);
        await TranslateAsync(
            "written", () => inner.ClearStateAsync(stateName, grainId, stored));
        grainState.State = Activator.CreateInstance<T>();
        TellVersion(stored, grainState);
    }

    private static GrainState<CatalogDocument> WithVersion<T>(IGrainState<T> known)
        => new() { ETag = known.ETag, RecordExists = known.RecordExists };

    private static void TellVersion<T>(
        GrainState<CatalogDocument> stored, IGrainState<T> grainState)
    {
        grainState.ETag = stored.ETag;
        grainState.RecordExists = stored.RecordExists;
    }

    /// <summary>
    /// Providers throw different exceptions. A conflict with another writer is not translated:
    /// Orleans ends the grain because of it.
    /// </summary>
    private async Task TranslateAsync(string action, Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception exception) when (exception is not InconsistentStateException
            and not MementoException and not OperationCanceledException)
        {
            throw new StorageException(
                $"The catalog of {place}, could not be {action}: {exception.Message} Check that it "
                + "can be reached and written, and whether another program changed or locked it, "
                + "and try again.",
                exception);
        }
    }
}

/// <summary>The form of a state in the provider: its JSON.</summary>
[GenerateSerializer]
[Alias("Memento.CatalogDocument")]
internal sealed class CatalogDocument
{
    /// <summary>The state.</summary>
    [Id(0)]
    public string Json { get; set; } = "{}";
}

/// <summary>
/// Writes the JSON unchanged, for providers that take a serializer, so that any tool can read it.
/// </summary>
internal sealed class CatalogSerializer : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input)
        => BinaryData.FromString(((CatalogDocument)(object)input!).Json);

    public T Deserialize<T>(BinaryData input)
        => (T)(object)new CatalogDocument { Json = input.ToString() };
}
