using System.Collections;
using Memento.Messages;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>
/// The partitions that take part in a transaction, in the order of their first operations.
/// </summary>
internal sealed class ParticipantList : IReadOnlyList<Participant>
{
    /// <summary>
    /// Up to this number, which two tables of the usual size have, the partitions are searched one
    /// by one. More are found by hash.
    /// </summary>
    private const int Few = 32;

    private readonly List<Participant> _all = [];
    private Dictionary<(TableDefinition Table, int Number), Participant>? _byPartition;

    public int Count => _all.Count;

    public Participant this[int index] => _all[index];

    public Participant? Find(TableDefinition table, int number)
    {
        if (_byPartition is not null) return _byPartition.GetValueOrDefault((table, number));

        foreach (Participant participant in _all)
        {
            if (participant.Number == number && ReferenceEquals(participant.Table, table))
                return participant;
        }

        return null;
    }

    /// <summary>Adds a partition that is not in the list.</summary>
    public void Add(Participant participant)
    {
        _all.Add(participant);
        if (_byPartition is not null)
            _byPartition.Add((participant.Table, participant.Number), participant);
        else if (_all.Count > Few)
            _byPartition = _all.ToDictionary(static each => (each.Table, each.Number));
    }

    public List<Participant>.Enumerator GetEnumerator() => _all.GetEnumerator();

    IEnumerator<Participant> IEnumerable<Participant>.GetEnumerator() => _all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _all.GetEnumerator();
}

/// <summary>
/// A partition that takes part in a transaction. It is called directly or by messages.
/// </summary>
internal abstract class Participant(TableDefinition table, int number, int operations = 0)
{
    private int _operations = operations;

    public TableDefinition Table { get; } = table;

    public int Number { get; } = number;

    /// <summary>
    /// Its silo, where that is another process and known; it may have moved since.
    /// </summary>
    public virtual SiloAddress? Silo => null;

    /// <summary>
    /// How many operations were answered. The commit sends the number to the partition.
    /// </summary>
    public virtual int Operations => Volatile.Read(ref _operations);

    /// <summary>
    /// Leaves operations out that a grain call in another process has sent here for a body of this
    /// one: the call has counted them, and reports them.
    /// </summary>
    public void Uncount(int operations) => Interlocked.Add(ref _operations, -operations);

    public ValueTask<TResult> ExecuteAsync<TResult>(
        Operation<TResult> operation, Savepoint? savepoint, CancellationToken cancellationToken)
    {
        ValueTask<TResult> answer = ExecuteCoreAsync(operation, savepoint, cancellationToken);
        if (answer.IsFaulted) return answer;
        if (!answer.IsCompletedSuccessfully) return CountAsync(answer);

        Count();
        return answer;
    }

    /// <summary>
    /// The lock on a record that was refused here last; null: none, or it is not known.
    /// </summary>
    public virtual LostLock? Lost => null;

    /// <summary>Undoes the writes under a savepoint, which was given up before.</summary>
    public abstract ValueTask RollbackAsync(Savepoint savepoint);

    /// <summary>
    /// Waits until what the body of the transaction, in another process, had kept back has arrived.
    /// False: not yet; ask again.
    /// </summary>
    public abstract ValueTask<bool> WhenArrivedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Whether another process ends the transaction in the partition, so that an abort here does
    /// not.
    /// </summary>
    public bool IsLeftToCaller { get; set; }

    /// <summary>Drops the transaction in the partition. Never throws.</summary>
    public abstract void Abort();

    protected abstract ValueTask<TResult> ExecuteCoreAsync<TResult>(
        Operation<TResult> operation, Savepoint? savepoint, CancellationToken cancellationToken);

    /// <summary>An operation was answered.</summary>
    protected void Count() => Interlocked.Increment(ref _operations);

    private async ValueTask<TResult> CountAsync<TResult>(ValueTask<TResult> answer)
    {
        TResult result = await answer.ConfigureAwait(false);
        Count();
        return result;
    }
}

/// <summary>A partition of this silo, called directly.</summary>
/// <param name="transaction">The transaction in its partition.</param>
/// <param name="operations">How many operations were answered before.</param>
internal class LocalParticipant(PartitionTransaction transaction, int operations = 0)
    : Participant(transaction.Table, transaction.Partition.Number, operations)
{
    public PartitionTransaction Transaction { get; } = transaction;

    public Partition Partition => Transaction.Partition;

    public override LostLock? Lost => Transaction.Lost;

    /// <summary>A partition as a caller elsewhere names it for the commit.</summary>
    public static LocalParticipant Of(PartitionTransaction transaction, NamedParticipant named)
        => named.Writes is { } writes
            ? new KeptWritesParticipant(transaction, named.Operations, writes)
            : new LocalParticipant(transaction, named.Operations);

    /// <summary>Begins its commit. False if the partition was lost.</summary>
    public virtual bool TrySeal() => Partition.TrySeal(Transaction, Operations);

    public sealed override ValueTask RollbackAsync(Savepoint savepoint)
    {
        Partition.Rollback(Transaction, savepoint.Id);
        return default;
    }

    public sealed override ValueTask<bool> WhenArrivedAsync(CancellationToken cancellationToken)
        => Partition.WhenArrivedAsync(Transaction, cancellationToken);

    public sealed override void Abort() => Partition.Abort(Transaction);

    protected sealed override ValueTask<TResult> ExecuteCoreAsync<TResult>(
        Operation<TResult> operation, Savepoint? savepoint, CancellationToken cancellationToken)
        => Partition.ExecuteAsync(Transaction, operation, savepoint, cancellationToken);
}

/// <summary>
/// A partition of this silo, at the commit of a caller elsewhere that has kept writes back. The
/// seal carries them out.
/// </summary>
internal sealed class KeptWritesParticipant(
    PartitionTransaction transaction, int operations, IReadOnlyList<Operation<bool>> writes)
    : LocalParticipant(transaction, operations)
{
    public override bool TrySeal()
    {
        foreach (Operation<bool> write in writes)
            write.Prepare(Table);
        return Partition.TrySeal(Transaction, Operations, writes);
    }
}
