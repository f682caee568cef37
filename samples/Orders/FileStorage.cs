using System.Collections.Concurrent;
using System.Security.Cryptography;
using Orleans.Storage;

namespace Orders;

/// <summary>
/// A grain storage that keeps each state in a file of its own, so that the sample needs no server.
/// A real application has a database here.
/// </summary>
internal sealed class FileStorage(string folder, IGrainStorageSerializer serializer) : IGrainStorage
{
    // All silos of a process write the same files.
    private static readonly ConcurrentDictionary<string, Lock> Gates = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        string path = PathOf(stateName, grainId);
        lock (GateOf(path))
        {
            byte[]? bytes = File.Exists(path) ? File.ReadAllBytes(path) : null;

            // A new state where there is none: Orleans reads after a write that has failed, and has
            // noted in the old one the decision that is not written.
            grainState.State = bytes is null
                ? Activator.CreateInstance<T>()
                : serializer.Deserialize<T>(bytes);
            grainState.ETag = bytes is null ? null : TagOf(bytes);
            grainState.RecordExists = bytes is not null;
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        string path = PathOf(stateName, grainId);
        byte[] bytes = serializer.Serialize(grainState.State).ToArray();
        lock (GateOf(path))
        {
            RequireTag(path, grainState.ETag);

            // A crash leaves the old file or the new one.
            string written = $"{path}.new";
            using (FileStream file = File.Create(written))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(written, path, overwrite: true);
            grainState.ETag = TagOf(bytes);
            grainState.RecordExists = true;
        }

        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        string path = PathOf(stateName, grainId);
        lock (GateOf(path))
        {
            RequireTag(path, grainState.ETag);
            File.Delete(path);
            grainState.ETag = null;
            grainState.RecordExists = false;
        }

        return Task.CompletedTask;
    }

    private static void RequireTag(string path, string? expected)
    {
        string? found = File.Exists(path) ? TagOf(File.ReadAllBytes(path)) : null;
        if (found != expected)
            throw new InconsistentStateException("Another silo has written it.", found, expected);
    }

    private static string TagOf(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private static Lock GateOf(string path) => Gates.GetOrAdd(path, static _ => new Lock());

    private string PathOf(string stateName, GrainId grainId)
        => Path.Combine(
            folder, $"{stateName}-{Uri.EscapeDataString(grainId.Key.ToString()!)}.json");
}
