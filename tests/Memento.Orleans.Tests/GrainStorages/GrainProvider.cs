using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Memento.Tests.GrainStorages;

/// <summary>A provider of grain storage on a place of its own.</summary>
public abstract class GrainProvider : IAsyncDisposable
{
    /// <summary>The provider, as the silo of an application has it.</summary>
    public abstract IGrainStorage Storage { get; }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return default;
    }
}

/// <summary>The smallest provider: states in a dictionary. It shows what the log needs.</summary>
public sealed class DictionaryProvider : GrainProvider, IGrainStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), (object State, string Version)>
        _states = new();

    private long _version;

    public override IGrainStorage Storage => this;

    public ICollection<string> Keys
        => [.. _states.Keys.Select(static each => each.Item2.Key.ToString()!)];

    /// <summary>Loses a state, as no storage may.</summary>
    public void Lose(string key)
        => Assert.True(_states.TryRemove(
            _states.Keys.Single(each => each.Item2.Key.ToString() == key), out _));

    /// <summary>Changes a state, as no storage may.</summary>
    public void Change<T>(string key, Action<T> change)
        => change((T)_states[_states.Keys.Single(each => each.Item2.Key.ToString() == key)].State);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        grainState.RecordExists = _states.TryGetValue((stateName, grainId), out var stored);
        grainState.ETag = stored.Version;
        grainState.State = grainState.RecordExists
            ? (T)stored.State
            : Activator.CreateInstance<T>();
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        string version = Interlocked.Increment(ref _version)
            .ToString(CultureInfo.InvariantCulture);
        var next = ((object)grainState.State!, version);
        bool isIn = grainState.ETag is null
            ? _states.TryAdd((stateName, grainId), next)
            : _states.TryGetValue((stateName, grainId), out var stored)
                && stored.Version == grainState.ETag
                && _states.TryUpdate((stateName, grainId), next, stored);
        if (!isIn) throw new InconsistentStateException("It has another version.");
        grainState.ETag = version;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _states.TryRemove((stateName, grainId), out _);
        return Task.CompletedTask;
    }
}

/// <summary>Orleans' memory storage, in a silo for all tests.</summary>
public sealed class MemoryProvider : GrainProvider
{
    private static readonly Lazy<TestSilo> Silo = new(static () => Task.Run(
        static () => TestSilo.StartAsync(
            static _ => { }, static silo => silo.AddMemoryGrainStorage("log")))
        .GetAwaiter().GetResult());

    public override IGrainStorage Storage
        => Silo.Value.Services.GetRequiredKeyedService<IGrainStorage>("log");
}
