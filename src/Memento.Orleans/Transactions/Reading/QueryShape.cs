using Memento.Queries.Orders;
using Memento.Tables;

namespace Memento.Transactions.Reading;

/// <summary>The parts of a query.</summary>
/// <param name="Table">The table.</param>
/// <param name="Where">The guard that records have to satisfy.</param>
/// <param name="Order">The order of the results; null: any order.</param>
/// <param name="Skip">How many of the first results are left out.</param>
/// <param name="Take">How many of the other results there are, at the most; null: all.</param>
internal sealed record QueryShape(
    TableDefinition Table, Guard Where, RecordOrder? Order, int Skip = 0, int? Take = null)
{
    /// <summary>How the results are locked.</summary>
    public ResultLocks Locks { get; init; }

    /// <summary>The index that the query has to use; null: the best way.</summary>
    public IndexDefinition? Hint { get; init; }

    /// <summary>Whether there is a Skip or a Take.</summary>
    public bool HasWindow => Skip > 0 || Take is not null;

    /// <summary>How many records have to be found, at the most; null: all.</summary>
    public int? Reach
        => Take is { } take ? (int)Math.Min((long)Skip + take, int.MaxValue) : null;

    /// <summary>All records; of an ordered set, by key.</summary>
    public static QueryShape All(TableDefinition table) => Filtered(table, Guard.True);

    /// <summary>The records that satisfy a guard; of an ordered set, by key.</summary>
    public static QueryShape Filtered(TableDefinition table, Guard where)
        => new(
            table,
            where,
            table.Type == TableType.OrderedSet
                ? RecordOrder.ByKey(isDescending: false)
                : null);

    /// <summary>Leaves out the first results of this query.</summary>
    public QueryShape Without(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return this with
        {
            Skip = (int)Math.Min((long)Skip + count, int.MaxValue),
            Take = Take is { } take ? Math.Max(0, take - count) : null,
        };
    }

    /// <summary>Keeps the first results of this query.</summary>
    public QueryShape Limited(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return this with { Take = Math.Min(Take ?? int.MaxValue, count) };
    }
}

/// <summary>How a query locks its results.</summary>
internal enum ResultLocks
{
    /// <summary>For reading, with what was looked at.</summary>
    Read = 0,

    /// <summary>For writing, too.</summary>
    Write = 1,

    /// <summary>For writing, without what others have locked.</summary>
    WriteUnlocked = 2,
}
