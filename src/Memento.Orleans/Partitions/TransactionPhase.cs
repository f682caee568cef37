namespace Memento.Partitions;

/// <summary>How far a transaction is in a partition.</summary>
internal enum TransactionPhase
{
    /// <summary>It reads and writes.</summary>
    Running = 0,

    /// <summary>Its commit has begun: no more operations.</summary>
    Sealed = 1,

    /// <summary>It was committed or aborted and holds nothing.</summary>
    Ended = 2,
}
