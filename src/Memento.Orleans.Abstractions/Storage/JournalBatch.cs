namespace Memento.Storage;

/// <summary>The entries that become durable together.</summary>
/// <param name="FirstPosition">The journal position of the first entry; positions grow by one.</param>
/// <param name="Entries">The entries, in journal order; at least one.</param>
public sealed record JournalBatch(long FirstPosition, IReadOnlyList<JournalEntry> Entries);
