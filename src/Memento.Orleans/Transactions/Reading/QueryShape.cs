using Memento.Queries.Orders;
using Memento.Tables;

namespace Memento.Transactions.Reading;

/// <summary>What a query asks for.</summary>
/// <param name="Table">The table.</param>
/// <param name="Where">What records have to satisfy.</param>
/// <param name="Order">In which order they come; null: in any.</param>
/// <param name="Skip">How many of the first are left out.</param>
/// <param name="Take">How many of the others there are at the most; null: all.</param>
internal sealed record QueryShape(
    TableDefinition Table, Guard Where, RecordOrder? Order, int Skip = 0, int? Take = null)
{
    /// <summary>Whether there is a Skip or a Take.</summary>
    public bool HasWindow => Skip > 0 || Take is not null;

    /// <summary>How many records have to be found at the most; null: all.</summary>
    public int? Reach
        => Take is { } take ? (int)Math.Min((long)Skip + take, int.MaxValue) : null;

    /// <summary>All records, of an ordered set by key.</summary>
    public static QueryShape All(TableDefinition table) => Filtered(table, Guard.True);

    /// <summary>The records that satisfy a guard, of an ordered set by key.</summary>
    public static QueryShape Filtered(TableDefinition table, Guard where)
        => new(
            table,
            where,
            table.Type == TableType.OrderedSet
                ? RecordOrder.ByKey(isDescending: false)
                : null);

    /// <summary>Leaves out the first of what there is now.</summary>
    public QueryShape Without(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return this with
        {
            Skip = (int)Math.Min((long)Skip + count, int.MaxValue),
            Take = Take is { } take ? Math.Max(0, take - count) : null,
        };
    }

    /// <summary>Keeps no more than so many of what there is now.</summary>
    public QueryShape Limited(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return this with { Take = Math.Min(Take ?? int.MaxValue, count) };
    }
}
