using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// The states of transactional grains, which outlive the silos of a test. A write fails when a test
/// says so.
/// </summary>
internal sealed class SharedStates
{
    /// <summary>The name of the grain storage.</summary>
    public const string Name = "foreign";

    private readonly Dictionary<string, (string Tag, byte[] Bytes)> _states = [];

    /// <summary>Called before each write; what it throws, the write throws.</summary>
    public Action? OnWrite { get; set; }

    /// <summary>
    /// Called before each write with the key of its grain. It may wait or throw; what it returns is
    /// called after the write, whose answer is lost if that throws.
    /// </summary>
    public Func<string, Task<Action?>>? Disturb { get; set; }

    public void AddTo(ISiloBuilder silo)
        => silo.Services.AddGrainStorage(
            Name,
            (services, _) => new Storage(
                this, services.GetRequiredService<IGrainStorageSerializer>()));

    private sealed class Storage(SharedStates shared, IGrainStorageSerializer serializer)
        : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            lock (shared._states)
            {
                grainState.RecordExists =
                    shared._states.TryGetValue(KeyOf(stateName, grainId), out var found);

                // A new one where there is none, as Orleans' providers do: Orleans has noted in the
                // old one the decision that it could not write.
                grainState.State = grainState.RecordExists
                    ? serializer.Deserialize<T>(found.Bytes)
                    : Activator.CreateInstance<T>();
                grainState.ETag = grainState.RecordExists ? found.Tag : null;
            }

            return Task.CompletedTask;
        }

        public async Task WriteStateAsync<T>(
            string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            shared.OnWrite?.Invoke();
            Action? after = shared.Disturb is { } disturb
                ? await disturb($"{grainId.Key}")
                : null;
            byte[] bytes = serializer.Serialize(grainState.State).ToArray();
            lock (shared._states)
            {
                RequireTag(stateName, grainId, grainState.ETag);
                string tag = $"{Guid.NewGuid()}";
                shared._states[KeyOf(stateName, grainId)] = (tag, bytes);
                after?.Invoke();
                grainState.ETag = tag;
                grainState.RecordExists = true;
            }
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            lock (shared._states)
            {
                RequireTag(stateName, grainId, grainState.ETag);
                shared._states.Remove(KeyOf(stateName, grainId));
                grainState.ETag = null;
                grainState.RecordExists = false;
            }

            return Task.CompletedTask;
        }

        private static string KeyOf(string stateName, GrainId grainId) => $"{stateName} {grainId}";

        private void RequireTag(string stateName, GrainId grainId, string? expected)
        {
            string? found = shared._states.TryGetValue(KeyOf(stateName, grainId), out var known)
                ? known.Tag
                : null;
            if (found != expected)
            {
                throw new InconsistentStateException(
                    "Another one has written it.", found, expected);
            }
        }
    }
}
