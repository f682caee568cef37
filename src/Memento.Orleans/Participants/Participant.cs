using System.Collections;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>
/// The partitions that take part in a transaction, in the order in which they came.
/// </summary>
internal sealed class ParticipantList : IReadOnlyList<Participant>
{
    /// <summary>
    /// Up to so many are looked through, as two tables of the usual size have; more are found by
    /// hash.
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

    /// <summary>Adds one of a partition that is not among them.</summary>
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
/// A partition that takes part in a transaction, reached directly or by messages.
/// </summary>
internal abstract class Participant(TableDefinition table, int number, int operations = 0)
{
    private int _operations = operations;

    public TableDefinition Table { get; } = table;

    public int Number { get; } = number;

    /// <summary>
    /// How many operations were answered; the commit brings the number to the partition.
    /// </summary>
    public int Operations => Volatile.Read(ref _operations);

    public ValueTask<TResult> ExecuteAsync<TResult>(
        Operation<TResult> operation, Savepoint? savepoint, CancellationToken cancellationToken)
    {
        ValueTask<TResult> answer = ExecuteCoreAsync(operation, savepoint, cancellationToken);
        if (!answer.IsCompletedSuccessfully) return CountAsync(answer);

        Interlocked.Increment(ref _operations);
        return answer;
    }

    /// <summary>
    /// Undoes what was written under a savepoint, which was given up before this.
    /// </summary>
    public abstract ValueTask RollbackAsync(Savepoint savepoint);

    /// <summary>Drops the transaction there; never throws.</summary>
    public abstract void Abort();

    protected abstract ValueTask<TResult> ExecuteCoreAsync<TResult>(
        Operation<TResult> operation, Savepoint? savepoint, CancellationToken cancellationToken);

    private async ValueTask<TResult> CountAsync<TResult>(ValueTask<TResult> answer)
    {
        TResult result = await answer.ConfigureAwait(false);
        Interlocked.Increment(ref _operations);
        return result;
    }
}

/// <summary>A partition of this silo: the direct path, method calls.</summary>
/// <param name="transaction">The transaction in its partition.</param>
/// <param name="operations">How many operations were answered before.</param>
internal sealed class LocalParticipant(PartitionTransaction transaction, int operations = 0)
    : Participant(transaction.Table, transaction.Partition.Number, operations)
{
    public PartitionTransaction Transaction { get; } = transaction;

    public Partition Partition => Transaction.Partition;

    public override ValueTask RollbackAsync(Savepoint savepoint)
    {
        Partition.Rollback(Transaction, savepoint.Id);
        return default;
    }

    public override void Abort() => Partition.Abort(Transaction);

    protected override ValueTask<TResult> ExecuteCoreAsync<TResult>(
        Operation<TResult> operation, Savepoint? savepoint, CancellationToken cancellationToken)
        => Partition.ExecuteAsync(Transaction, operation, savepoint, cancellationToken);
}
