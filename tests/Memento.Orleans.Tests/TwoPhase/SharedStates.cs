using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Serialization;
using Orleans.Storage;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// What the grain storages of all silos write to: it outlives each of them. A call fails when a
/// test says so.
/// </summary>
internal sealed class SharedStates
{
    public const string Name = "wallets";

    private readonly ConcurrentDictionary<(string, GrainId), (byte[] State, string Version)> _all =
        new();

    private long _version;

    /// <summary>Called before each write; what it throws, the write throws.</summary>
    public Action? OnWrite { get; set; }

    public IGrainStorage Open(Serializer serializer) => new Storage(this, serializer);

    private sealed class Storage(SharedStates states, Serializer serializer) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            grainState.RecordExists = states._all.TryGetValue((stateName, grainId), out var stored);
            grainState.ETag = stored.Version;
            grainState.State = grainState.RecordExists
                ? serializer.Deserialize<T>(stored.State)!
                : Activator.CreateInstance<T>();
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            states.OnWrite?.Invoke();
            string version = Interlocked.Increment(ref states._version)
                .ToString(CultureInfo.InvariantCulture);
            var next = (serializer.SerializeToArray(grainState.State), version);
            bool isIn = grainState.ETag is null
                ? states._all.TryAdd((stateName, grainId), next)
                : states._all.TryGetValue((stateName, grainId), out var stored)
                    && stored.Version == grainState.ETag
                    && states._all.TryUpdate((stateName, grainId), next, stored);
            if (!isIn) throw new InconsistentStateException("It has another version.");
            grainState.ETag = version;
            grainState.RecordExists = true;
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            states._all.TryRemove((stateName, grainId), out _);
            return Task.CompletedTask;
        }
    }
}
