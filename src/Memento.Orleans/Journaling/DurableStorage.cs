using Memento.Storage;

namespace Memento.Journaling;

/// <summary>The durable storage of a silo, which one with ram tables only does not have.</summary>
/// <param name="Journal">The storage, or null.</param>
internal sealed record DurableStorage(IJournalStorage? Journal);

/// <summary>
/// The name under which the catalog and the sequences ask for Orleans' grain storage.
/// </summary>
internal static class MementoStorage
{
    public const string Name = "memento";
}
