using Memento.Storage;

namespace Memento.Journaling;

/// <summary>The durable storage of a silo; a silo with only ram tables has none.</summary>
/// <param name="Journal">The storage, or null.</param>
internal sealed record DurableStorage(IJournalStorage? Journal);

/// <summary>The name of the grain storage that the catalog and the sequences use.</summary>
internal static class MementoStorage
{
    public const string Name = "memento";
}
