namespace Memento.Partitions;

/// <summary>
/// A place to which a transaction can be taken back: what was written under it, and under the
/// savepoints inside it, goes; what was written beside it stays. A nested body is one, and so is an
/// operation of several steps while it runs.
/// </summary>
internal sealed class Savepoint
{
    private readonly Savepoints _all;
    private int _callsUnderWay;
    private long[]? _aroundIds;

    /// <param name="all">Those of the transaction.</param>
    /// <param name="id">Its id.</param>
    /// <param name="around">The one around it; null: the transaction.</param>
    /// <param name="bodies">How many nested bodies it adds to those of the one around it.</param>
    public Savepoint(Savepoints all, long id, Savepoint? around, int bodies)
    {
        _all = all;
        Id = id;
        Around = around;
        Bodies = (around?.Bodies ?? 0) + bodies;
    }

    /// <summary>
    /// Unique in the transaction, over all processes; larger than of those begun before it here.
    /// </summary>
    public long Id { get; }

    /// <summary>The savepoint inside which it is; null: the transaction itself.</summary>
    public Savepoint? Around { get; }

    /// <summary>
    /// How many nested bodies it is inside of, itself included; far below 0 where a message named
    /// it, which does not tell bodies from steps.
    /// </summary>
    public int Bodies { get; }

    /// <summary>
    /// The ids of those around it, the innermost first; null where there is none.
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
    /// Whether it, or one around it, was given up: nothing may be done under it any more.
    /// </summary>
    public bool IsGivenUp => _all.IsGivenUp(this);

    /// <summary>Whether calls of its body are still running.</summary>
    public bool HasCallsUnderWay => Volatile.Read(ref _callsUnderWay) != 0;

    /// <summary>
    /// Whether what is done under it is undone with another one: that one, or around it.
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

/// <summary>The nested bodies of a transaction that were running when a message left.</summary>
/// <param name="Version">
/// Larger than that of earlier messages: they may come in another order.
/// </param>
/// <param name="Ids">Their savepoints.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.OpenSavepoints")]
internal sealed record OpenSavepoints(
    [property: Id(0)] long Version,
    [property: Id(1)] long[] Ids);
