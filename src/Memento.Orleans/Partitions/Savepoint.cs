namespace Memento.Partitions;

/// <summary>
/// A point to which a transaction can be undone: the writes under it, and under the savepoints
/// inside it, are removed; the writes beside it stay. A nested body has a savepoint, and so has an
/// operation of several steps while it runs.
/// </summary>
internal sealed class Savepoint
{
    private readonly Savepoints _all;
    private int _callsUnderWay;
    private long[]? _aroundIds;

    /// <param name="all">The savepoints of the transaction.</param>
    /// <param name="id">Its id.</param>
    /// <param name="around">The savepoint around it; null: the transaction.</param>
    /// <param name="bodies">How many nested bodies it adds to the savepoint around it.</param>
    public Savepoint(Savepoints all, long id, Savepoint? around, int bodies)
    {
        _all = all;
        Id = id;
        Around = around;
        Bodies = (around?.Bodies ?? 0) + bodies;
    }

    /// <summary>
    /// Unique in the transaction, over all processes. Larger than the ids that this process gave
    /// before.
    /// </summary>
    public long Id { get; }

    /// <summary>The savepoint around it; null: the transaction itself.</summary>
    public Savepoint? Around { get; }

    /// <summary>
    /// How many nested bodies are around it, itself included. Far below 0 if a message named it,
    /// because a message does not tell bodies from steps.
    /// </summary>
    public int Bodies { get; }

    /// <summary>
    /// The ids of the savepoints around it, the innermost first; null if there are none.
    /// </summary>
    public long[]? AroundIds
    {
        get
        {
            if (Around is null || _aroundIds is not null) return _aroundIds;

            List<long> ids = [];
            for (Savepoint? each = Around; each is not null; each = each.Around)
                ids.Add(each.Id);
            return _aroundIds = [.. ids];
        }
    }

    /// <summary>
    /// Whether it, or a savepoint around it, was given up, so that no more operations may run under
    /// it.
    /// </summary>
    public bool IsGivenUp => _all.IsGivenUp(this);

    /// <summary>Whether calls of its body are still running.</summary>
    public bool HasCallsUnderWay => Volatile.Read(ref _callsUnderWay) != 0;

    /// <summary>
    /// Whether its writes are undone with another savepoint: that savepoint is itself, or around
    /// it.
    /// </summary>
    public bool IsUnder(long id)
    {
        for (Savepoint? each = this; each is not null; each = each.Around)
        {
            if (each.Id == id) return true;
        }

        return false;
    }

    public void BeginCall() => Interlocked.Increment(ref _callsUnderWay);

    public void EndCall() => Interlocked.Decrement(ref _callsUnderWay);
}

/// <summary>The nested bodies of a transaction that ran when a message left.</summary>
/// <param name="Version">
/// Larger than the version of earlier messages, which may arrive in another order.
/// </param>
/// <param name="Ids">Their savepoints.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.OpenSavepoints")]
internal sealed record OpenSavepoints(
    [property: Id(0)] long Version,
    [property: Id(1)] long[] Ids);
