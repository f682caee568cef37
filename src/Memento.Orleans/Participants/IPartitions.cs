using Memento.Messages;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>Finds partitions: in this silo, or through messages.</summary>
internal interface IPartitions
{
    /// <summary>
    /// Whether partitions may be in this process, so that they share records with callers.
    /// </summary>
    bool ShareMemory { get; }

    /// <summary>This silo; null in a client.</summary>
    SiloAddress? Here { get; }

    /// <summary>The journal's generation; 0 in a client.</summary>
    int Generation { get; }

    /// <summary>The clock of this process, for the stamps of commits.</summary>
    HybridClock Clock { get; }

    /// <summary>
    /// Whether a transaction that began in a generation, and has seen nothing after a journal
    /// position, has seen no commit that was taken back since.
    /// </summary>
    bool Stands(int generation, long position);

    /// <summary>Makes a partition take part in a transaction.</summary>
    ValueTask<Participant> EnlistAsync(
        TransactionState state,
        TableDefinition table,
        int number,
        CancellationToken cancellationToken);

    /// <summary>The next number for a table's key.</summary>
    ValueTask<long> NextNumberAsync(TableDefinition table, CancellationToken cancellationToken);

    /// <summary>
    /// Counts numbers as used that a transaction of this process has written elsewhere.
    /// </summary>
    void ShowNumbers(IReadOnlyList<HighNumber> used);
}
