namespace Memento.Storage;

/// <summary>The entries that become durable together.</summary>
/// <param name="FirstPosition">
/// A journal position that is above those of all batches before, and not above those of the entries.
/// </param>
/// <param name="Entries">The entries, in journal order; at least one.</param>
public sealed record JournalBatch(long FirstPosition, IReadOnlyList<JournalEntry> Entries);
