using System.Text.Json;
using Memento.Journaling;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Memento.Hosting;

/// <summary>
/// The catalog and the sequences in whatever grain storage the durable storage gives: as one text
/// of JSON each, so that it does not matter how the provider makes bytes of a state, and with the
/// errors that all failures of the durable storage have.
/// </summary>
/// <param name="inner">The provider's.</param>
/// <param name="place">Where that is, for people.</param>
/// <param name="services">The services of the silo.</param>
internal sealed class CatalogGrainStorage(
    IGrainStorage inner, string place, IServiceProvider services)
    : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle)
    {
        // The silo starts by itself what is registered there.
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
    /// What providers throw has nothing in common. A conflict with another writer stays what it is:
    /// Orleans ends the grain for it.
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

/// <summary>What the provider keeps of a state: its JSON.</summary>
[GenerateSerializer]
[Alias("Memento.CatalogDocument")]
internal sealed class CatalogDocument
{
    /// <summary>The state.</summary>
    [Id(0)]
    public string Json { get; set; } = "{}";
}

/// <summary>
/// Writes the JSON as it is, for providers that take a serializer: any tool reads what they keep.
/// </summary>
internal sealed class CatalogSerializer : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input)
        => BinaryData.FromString(((CatalogDocument)(object)input!).Json);

    public T Deserialize<T>(BinaryData input)
        => (T)(object)new CatalogDocument { Json = input.ToString() };
}
