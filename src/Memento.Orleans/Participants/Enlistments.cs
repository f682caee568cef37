using System.Collections;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>
/// The partitions that take part in a transaction, in the order in which they came.
/// </summary>
internal sealed class Enlistments : IReadOnlyList<Enlistment>
{
    /// <summary>
    /// Up to so many are looked through, as two tables of the usual size have; more are found by
    /// hash.
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

    /// <summary>Adds one of a partition that is not among them.</summary>
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
/// A partition that takes part in a transaction, reached directly or by messages.
/// </summary>
internal abstract class Enlistment(TableDefinition table, int number)
{
    private int _operations;

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
