namespace Memento;

/// <summary>
/// Looks into the store of this process, for whoever wants to know why it waits. It comes from
/// dependency injection, and is thread-safe.
/// </summary>
public interface IMementoDiagnostics
{
    /// <summary>
    /// What runs and what is locked in this process. In a client that is its own transactions; the
    /// locks are in the silos. Takes a moment's lock on each partition, one after the other: what
    /// changes meanwhile may show twice or not at all.
    /// </summary>
    StoreDescription Describe();
}
