namespace Memento.Tests.PowerLoss;

/// <summary>What a disk had, and had been told, when the power went.</summary>
/// <param name="names">The names that are certain.</param>
/// <param name="pendingNames">
/// The names that were given since, and those that were taken away (no file), in their order.
/// </param>
internal sealed class DiskImage(
    IReadOnlyDictionary<string, PowerFile> names,
    IReadOnlyList<(string Name, PowerFile? File)> pendingNames)
{
    /// <summary>Writes what is found on the disk afterwards.</summary>
    public void WriteTo(string directory, PowerLuck luck)
    {
        var found = new Dictionary<string, PowerFile>(names);
        foreach ((string name, PowerFile? file) in pendingNames)
        {
            if (!luck.IsNameKept()) continue;
            if (file is null)
                found.Remove(name);
            else
                found[name] = file;
        }

        Directory.CreateDirectory(directory);
        foreach ((string name, PowerFile file) in found.OrderBy(
            static each => each.Key, StringComparer.Ordinal))
            File.WriteAllBytes(Path.Combine(directory, name), file.Survivor(luck));
    }
}
