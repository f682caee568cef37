using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Memento.Journaling;
using Memento.Messages;
using Orleans.Storage;

namespace Memento.Silos.Members;

/// <summary>
/// Keeps the catalog and the sequences of a cluster without a storage: every silo has a copy of
/// every state, so that they are there as long as one silo is.
/// </summary>
internal sealed class SharedRam(AllSilos silos) : IGrainStorage
{
    private readonly ConcurrentDictionary<string, KeptState> _kept = new();

    /// <summary>The states that this silo keeps.</summary>
    public ICollection<KeptState> All => _kept.Values;

    public KeptState? Find(string key) => _kept.GetValueOrDefault(key);

    /// <summary>Keeps a state; false if this silo has a newer one.</summary>
    public bool Keep(KeptState state)
        => _kept.AddOrUpdate(
            state.Key,
            static (_, state) => state,
            static (_, known, state) => state.Version > known.Version ? state : known,
            state) == state;

    /// <summary>
    /// Takes over what other silos keep. This silo joined before: what is written from now on, it
    /// is told.
    /// </summary>
    public async Task JoinAsync()
    {
        foreach ((SiloAddress _, List<KeptState> states) in await silos.CallAsync(
            static silo => silo.AllKeptAsync()))
        {
            foreach (KeptState state in states)
                Keep(state);
        }
    }

    public async Task ReadStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        string key = KeyOf(stateName, grainId);
        foreach ((SiloAddress _, KeptState? state) in await silos.CallAsync(
            silo => silo.FindKeptAsync(key)))
        {
            if (state is not null) Keep(state);
        }

        KeptState? newest = Find(key);
        grainState.State = newest?.Json is { } json
            ? JsonSerializer.Deserialize<T>(json, CatalogJson.Options)!
            : Activator.CreateInstance<T>();
        grainState.ETag = newest?.Version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = newest?.Json is not null;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => WriteAsync(
            stateName,
            grainId,
            grainState,
            JsonSerializer.Serialize(grainState.State, CatalogJson.Options));

    public async Task ClearStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await WriteAsync(stateName, grainId, grainState, json: null);
        grainState.State = Activator.CreateInstance<T>();
    }

    private async Task WriteAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, string? json)
    {
        long known = grainState.ETag is { } version
            ? long.Parse(version, CultureInfo.InvariantCulture)
            : 0;
        var state = new KeptState(KeyOf(stateName, grainId), known + 1, json);
        bool isNewest = Keep(state);
        foreach ((SiloAddress _, bool isKept) in await silos.CallAsync(
            silo => silo.KeepAsync(state)))
        {
            isNewest &= isKept;
        }

        if (!isNewest)
        {
            throw new InconsistentStateException(
                $"Another activation of {grainId} has written its state.");
        }

        grainState.ETag = state.Version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = json is not null;
    }

    private static string KeyOf(string stateName, GrainId grainId) => $"{stateName}/{grainId}";
}
