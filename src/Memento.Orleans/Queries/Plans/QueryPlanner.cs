using Memento.Tables;

namespace Memento.Queries;

/// <summary>Chooses where to look for the records of a query, and in which order.</summary>
internal sealed class QueryPlanner
{
    /// <summary>
    /// Beyond this, the combinations of the parts of a key or an index are not listed.
    /// </summary>
    public const int MaxCombinations = 10_000;

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
        AccessPath path = planner.IsPossible(guard.Root)
            ? planner.Choose(isLimited)
            : AccessPath.Nothing;
        return new QueryPlan(guard, path, order) { Filter = filter };
    }

    private AccessPath Choose(bool isLimited)
    {
        var finder = new AccessPathFinder(_binder, _guard.Root, _order);
        AccessPath best = finder.FindByKey(_table);
        if (best.Rank <= PathRank.Keys)
            return best;

        AccessPath? bestOrdered = best.IsOrdered ? best : null;
        foreach (IndexDefinition index in _table.Indexes)
        {
            if (finder.FindByIndex(index) is not { } path)
                continue;

            if (path.IsBetterThan(best))
                best = path;

            if (path.IsOrdered && path.IsBetterThan(bestOrdered))
                bestOrdered = path;
        }

        // A range may be of many records, all of which would be read and sorted to find the first
        // ones. By key, each partition decides that for itself when it sees how many there are.
        bool isSortWorse = isLimited && best.Rank > PathRank.KeyValues
            && (_order is not { Parts.Count: 0 } || best.Rank >= PathRank.NotNull);
        return isSortWorse ? bestOrdered ?? best : best;
    }

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
                    if (!IsPossible(child))
                        return false;
                }

                return true;
            case OrNode or:
                foreach (GuardNode child in or.Children)
                {
                    if (IsPossible(child))
                        return true;
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
