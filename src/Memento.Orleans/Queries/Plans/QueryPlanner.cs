using Memento.Queries.Evaluation;
using Memento.Queries.Orders;
using Memento.Tables;

namespace Memento.Queries.Plans;

/// <summary>Chooses where to look for the records of a query, and in which order.</summary>
internal sealed class QueryPlanner
{
    /// <summary>
    /// Beyond this, the combinations of the parts of a key or an index are not listed.
    /// </summary>
    public const int MaxCombinations = 10_000;

    /// <summary>
    /// Of an index that has the order behind each of several values, up to so many values are
    /// merged; where there are more, their records are sorted.
    /// </summary>
    public const int MaxMerged = 64;

    private readonly TableDefinition _table;
    private readonly Guard _guard;
    private readonly GuardBinder _binder;
    private readonly RecordOrder? _order;

    private QueryPlanner(TableDefinition table, Guard guard, RecordOrder? order)
    {
        _table = table;
        _guard = guard;
        _order = order;
        _binder = new GuardBinder(table);
    }

    /// <param name="table">The table.</param>
    /// <param name="guard">What the records have to satisfy.</param>
    /// <param name="order">The order in which they come; null: any will do.</param>
    /// <param name="isLimited">Whether only the first ones are wanted.</param>
    /// <exception cref="ArgumentException">The guard does not fit the table.</exception>
    public static QueryPlan Plan(
        TableDefinition table, Guard guard, RecordOrder? order, bool isLimited)
    {
        Func<object, bool> filter = RecordFilter.Compile(table, guard);
        var planner = new QueryPlanner(table, guard, order);
        IReadOnlyList<AccessPath> ways = planner.IsPossible(guard.Root)
            ? planner.Choose(isLimited)
            : [AccessPath.Nothing];
        return new QueryPlan(guard, ways, order) { Filter = filter, IsLimited = isLimited };
    }

    private List<AccessPath> Choose(bool isLimited)
    {
        List<AccessPath> ways = FindAll();
        if (ways[0].Rank <= PathRank.UniqueValues) return [ways[0]];

        List<AccessPath> kept =
            [.. ways.Where((_, place) => IsWorthKnowing(ways, place, isLimited))];
        int first = kept.FindIndex(way => way.IsOrdered);
        if (isLimited && first > 0 && IsSortWorse(kept[0]))
        {
            AccessPath ordered = kept[first];
            kept.RemoveAt(first);
            kept.Insert(0, ordered);
        }

        return kept;
    }

    /// <summary>
    /// All ways, the better ones first, as far as that can be told without the records.
    /// </summary>
    private List<AccessPath> FindAll()
    {
        var finder = new AccessPathFinder(_binder, _guard.Root, _order);
        List<AccessPath> ways = [finder.FindByKey(_table)];
        foreach (IndexDefinition index in _table.Indexes)
        {
            if (finder.FindByIndex(index) is not { } way) continue;

            int worse = ways.FindIndex(way.IsBetterThan);
            ways.Insert(worse < 0 ? ways.Count : worse, way);
        }

        return ways;
    }

    /// <summary>
    /// Whether a way may lead to fewer records than the others: none of these is sure to lead to no
    /// more. A way in the order that may end early gives way only to another one.
    /// </summary>
    private static bool IsWorthKnowing(List<AccessPath> ways, int place, bool isLimited)
    {
        AccessPath way = ways[place];
        for (int each = 0; each < ways.Count; each++)
        {
            AccessPath other = ways[each];
            if (each == place || !other.IsWithin(way)) continue;

            bool isSame = way.IsWithin(other);
            bool isPreferred = !isSame
                || (way.IsOrdered == other.IsOrdered ? each < place : other.IsOrdered);
            if (isPreferred && (other.IsOrdered || !way.IsOrdered || !isLimited)) return false;
        }

        return true;
    }

    /// <summary>
    /// Whether a way out of the order is likely to lead to more records than one in the order has
    /// up to the first ones that are wanted. The order of the keys says nothing about a range's
    /// records.
    /// </summary>
    private bool IsSortWorse(AccessPath way)
        => !way.IsOrdered && (_order is { Parts.Count: 0 }
            ? way.Rank >= PathRank.NotNull
            : way.Rank > PathRank.KeyValues || !way.ArePoints);

    /// <summary>Whether a record could satisfy it, as far as constants alone can tell.</summary>
    private bool IsPossible(GuardNode node)
    {
        switch (node)
        {
            case TruthNode truth:
                return truth.Value;
            case AndNode and:
                foreach (GuardNode child in and.Children)
                {
                    if (!IsPossible(child)) return false;
                }

                return true;
            case OrNode or:
                foreach (GuardNode child in or.Children)
                {
                    if (IsPossible(child)) return true;
                }

                return false;
            case CompareNode { Right: ConstantOperand { Value: null } } compare:
                return compare.Operator.IsEquality();
            case CompareNode
            {
                Left: PropertyOperand { Name: var name },
                Right: ConstantOperand { Value: { } constant },
            } compare when _table.FindProperty(name) is { } property:
                return IsPossible(property, compare.Operator, constant);
            default:
                return true;
        }
    }

    private bool IsPossible(RecordProperty property, GuardOperator comparison, object constant)
    {
        Domain domain = _binder.Domain(
            ValueShape.OfProperty(property.Name, property.Type), comparison, ref constant);
        return ValueSetReader.OutcomeOf(domain, comparison, constant) != Outcome.Never;
    }
}
