namespace Memento.Locks;

/// <summary>
/// How old a transaction is. Kept over its retries, so that one that keeps losing grows old and
/// wins. Older is smaller.
/// </summary>
/// <param name="StartTicks">When the first attempt began, on the agents' clock.</param>
/// <param name="FirstAttempt">That attempt's id: no two transactions have one age.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.TransactionAge")]
internal readonly record struct TransactionAge(
    [property: Id(0)] long StartTicks,
    [property: Id(1)] Guid FirstAttempt) : IComparable<TransactionAge>
{
    public int CompareTo(TransactionAge other)
    {
        int order = StartTicks.CompareTo(other.StartTicks);
        return order != 0 ? order : FirstAttempt.CompareTo(other.FirstAttempt);
    }
}
