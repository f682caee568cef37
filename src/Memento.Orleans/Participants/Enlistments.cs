using System.Collections;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>
/// The partitions that take part in a transaction, in the order of their first operations.
/// </summary>
internal sealed class Enlistments : IReadOnlyList<Enlistment>
{
    /// <summary>
    /// Up to this number, which two tables of the usual size have, the partitions are searched one
    /// by one. More are found by hash.
    /// </summary>
    private const int Few = 32;

    private readonly List<Enlistment> _all = [];
    private Dictionary<(TableDefinition Table, int Number), Enlistment>? _byPartition;

    public int Count => _all.Count;

    public Enlistment this[int index] => _all[index];

    public Enlistment? Find(TableDefinition table, int number)
    {
        if (_byPartition is not null) return _byPartition.GetValueOrDefault((table, number));

        foreach (Enlistment enlistment in _all)
        {
            if (enlistment.Number == number && ReferenceEquals(enlistment.Table, table))
                return enlistment;
        }

        return null;
    }

    /// <summary>Adds a partition that is not in the list.</summary>
    public void Add(Enlistment enlistment)
    {
        _all.Add(enlistment);
        if (_byPartition is not null)
            _byPartition.Add((enlistment.Table, enlistment.Number), enlistment);
        else if (_all.Count > Few)
            _byPartition = _all.ToDictionary(static each => (each.Table, each.Number));
    }

    public List<Enlistment>.Enumerator GetEnumerator() => _all.GetEnumerator();

    IEnumerator<Enlistment> IEnumerable<Enlistment>.GetEnumerator() => _all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _all.GetEnumerator();
}

/// <summary>
/// A partition that takes part in a transaction. It is called directly or by messages.
/// </summary>
internal abstract class Enlistment(TableDefinition table, int number)
{
    private int _operations;

    public TableDefinition Table { get; } = table;

    public int Number { get; } = number;

    /// <summary>
    /// How many operations were answered. The commit sends the number to the partition.
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

    /// <summary>Undoes the writes under a savepoint, which was given up before.</summary>
    public abstract ValueTask RollbackAsync(Savepoint savepoint);

    /// <summary>Drops the transaction in the partition. Never throws.</summary>
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

/// <summary>A partition of this silo, called directly.</summary>
internal sealed class LocalEnlistment(PartitionTransaction transaction)
    : Enlistment(transaction.Table, transaction.Partition.Number)
{
    public PartitionTransaction Transaction { get; } = transaction;

    public override ValueTask RollbackAsync(Savepoint savepoint)
    {
        Transaction.Partition.Rollback(Transaction, savepoint.Id);
        return default;
    }

    public override void Abort() => Transaction.Partition.Abort(Transaction);

    protected override ValueTask<TResult> ExecuteCoreAsync<TResult>(
        Operation<TResult> operation, Savepoint? savepoint, CancellationToken cancellationToken)
        => Transaction.Partition.ExecuteAsync(Transaction, operation, savepoint, cancellationToken);
}
