using Memento.Queries.Evaluation;
using Memento.Queries.Orders;
using Memento.Tables;

namespace Memento.Queries.Plans;

/// <summary>Finds the ways to the records of a query, and puts them in order.</summary>
internal sealed class QueryPlanner
{
    /// <summary>
    /// The largest number of combinations of the parts of a key or an index that is listed.
    /// </summary>
    public const int MaxCombinations = 10_000;

    /// <summary>
    /// The largest number of values that are merged, if an index has the order behind each value.
    /// Beyond that, the records are sorted.
    /// </summary>
    public const int MaxMerged = 64;

    private readonly TableDefinition _table;
    private readonly Guard _guard;
    private readonly GuardBinder _binder;
    private readonly RecordOrder? _order;
    private readonly string? _countBy;

    private QueryPlanner(TableDefinition table, Guard guard, RecordOrder? order, string? countBy)
    {
        _table = table;
        _guard = guard;
        _order = order;
        _countBy = countBy;
        _binder = new GuardBinder(table);
    }

    /// <param name="table">The table.</param>
    /// <param name="guard">The guard that the records have to satisfy.</param>
    /// <param name="order">The order of the results; null: any order.</param>
    /// <param name="isLimited">Whether only the first results are wanted.</param>
    /// <param name="hint">The index to use; null: the best way.</param>
    /// <param name="countBy">The property by which records are counted; null: none.</param>
    /// <exception cref="ArgumentException">The guard does not fit the table.</exception>
    /// <exception cref="QueryNotSupportedException">
    /// The index of the hint neither leads to fewer records nor has them in the order.
    /// </exception>
    public static QueryPlan Plan(
        TableDefinition table,
        Guard guard,
        RecordOrder? order,
        bool isLimited,
        IndexDefinition? hint = null,
        string? countBy = null)
    {
        Func<object, bool> filter = RecordFilter.Compile(table, guard);
        var planner = new QueryPlanner(table, guard, order, countBy);
        AccessPath? hinted = hint is null ? null : planner.Along(hint);
        IReadOnlyList<AccessPath> ways = !planner.IsPossible(guard.Root) ? [AccessPath.Nothing]
            : hinted is not null ? [hinted]
            : planner.Choose(isLimited);
        return new QueryPlan(guard, ways, order) { Filter = filter, IsLimited = isLimited };
    }

    /// <summary>
    /// The way along the index of a hint, which leads to fewer records, or has them in the order of
    /// the query or in that of the values to count by.
    /// </summary>
    private AccessPath Along(IndexDefinition hint)
    {
        var finder = new AccessPathFinder(_binder, _guard.Root, _order);
        if (finder.FindByIndex(hint) is { } way) return way;
        if (_guard.IsTrue && _countBy == hint.Parts[0].Name) return AccessPath.AllOf(hint);

        throw new QueryNotSupportedException(
            $"UseIndex(\"{hint.Name}\")",
            $"Index '{hint.Name}' of table '{_table.Name}' would lead to every record: the query "
            + $"compares its first property {hint.Parts[0].Name} with no value, or not for all "
            + "results, and has no order that the index has. Add such a condition, or leave the "
            + "hint out.");
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
    /// All ways, the better ways first, as far as that is known without the records.
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
    /// Whether a way may lead to fewer records than the others: no other way is sure to lead to as
    /// few. A way in the order, which may end early, is only left out for another such way.
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
    /// Whether a way that is not in the order probably leads to more records than a way in the
    /// order reads up to the first results. The order of the keys says nothing about the records of
    /// a range.
    /// </summary>
    private bool IsSortWorse(AccessPath way)
        => !way.IsOrdered && (_order is { Parts.Count: 0 }
            ? way.Rank >= PathRank.NotNull
            : way.Rank > PathRank.KeyValues || !way.ArePoints);

    /// <summary>
    /// Whether a record could satisfy the guard, as far as the constants alone tell.
    /// </summary>
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
