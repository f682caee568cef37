namespace Memento.Commit.Mixed;

/// <summary>
/// The stored table of decisions. It is made for the first transaction that needs it, so that a
/// store without transactional grains neither has nor reads it.
/// </summary>
internal interface IDecisionTable
{
    /// <summary>Whether there is one, as far as this silo knows.</summary>
    bool Exists { get; }

    /// <summary>
    /// Makes it where it is missing. Ends when all silos know of it: if this one dies, they look
    /// there.
    /// </summary>
    /// <exception cref="Exception">It is not there, or not known to all.</exception>
    Task EnsureAsync();
}
