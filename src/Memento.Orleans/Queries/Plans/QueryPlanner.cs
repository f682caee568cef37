using Memento.Tables;
using Memento.Tables.Keys;

namespace Memento.Queries;

/// <summary>
/// Chooses where to look. A way is taken only where each record that satisfies the guard is on it:
/// the evaluator's order is that of the encoded bytes, and null, which no index has, is excluded.
/// </summary>
internal sealed class QueryPlanner
{
    /// <summary>Beyond this, the combinations of a composite key's parts are not listed.</summary>
    public const int MaxCombinations = 10_000;

    private readonly TableDefinition _table;
    private readonly Guard _guard;
    private readonly GuardBinder _binder;

    private QueryPlanner(TableDefinition table, Guard guard)
    {
        _table = table;
        _guard = guard;
        _binder = new GuardBinder(table);
    }

    /// <exception cref="ArgumentException">The guard does not fit the table.</exception>
    public static QueryPlan Plan(TableDefinition table, Guard guard)
    {
        GuardValidator.Validate(table, guard);
        return new QueryPlanner(table, guard).Plan();
    }

    private QueryPlan Plan()
    {
        IReadOnlyList<GuardNode> conjuncts = _guard.Root switch
        {
            AndNode and => and.Children,
            TruthNode { Value: true } => [],
            _ => [_guard.Root],
        };
        AccessPath? best = IsPossible(_guard.Root)
            ? KeyPath()
            : new AccessPath(null, KeyRanges.Nothing, null, []);
        foreach (IndexDefinition index in _table.Indexes)
        {
            if (IndexPath(index) is { } path && path.IsBetterThan(best))
                best = path;
        }

        IReadOnlyList<ValueSetReader> used = best?.Used ?? [];
        return new QueryPlan(
            _guard,
            best,
            [.. conjuncts.Where(each => used.Any(reader => !reader.Read(each).IsEverything))],
            [.. conjuncts.Where(each => !used.Any(reader => reader.Read(each).IsExact))]);
    }

    /// <summary>
    /// The parts of the key in order, as long as each has certain values; the first that has ranges
    /// is the last that helps.
    /// </summary>
    private AccessPath? KeyPath()
    {
        var used = new List<ValueSetReader>();
        var firsts = new List<byte[]>([[]]);
        IReadOnlyList<KeyPart> parts = _table.KeyCodec.Parts;
        foreach (KeyPart part in parts)
        {
            var reader = new ValueSetReader(
                _binder, _binder.Property(part.Name), part.Component);
            ValueSet set = reader.Read(_guard.Root);
            bool isTooMany = used.Count > 0
                && (long)firsts.Count * set.Ranges.Count > MaxCombinations;
            if (set.IsEverything || isTooMany)
                break;

            used.Add(reader);
            List<KeyRange> ranges = KeyRanges.Behind(firsts, set.Ranges);
            if (ranges.Exists(range => !range.IsPoint))
                return new AccessPath(null, ranges, null, used);

            firsts = ranges.ConvertAll(range => range.From);
        }

        if (used.Count == 0)
            return null;

        bool isWhole = used.Count == parts.Count;
        return new AccessPath(
            null,
            firsts.ConvertAll(KeyRange.Point),
            isWhole ? firsts.ConvertAll(first => new Key(first)) : null,
            used);
    }

    private AccessPath? IndexPath(IndexDefinition index)
    {
        var reader = new ValueSetReader(_binder, index.Property, index.Component);
        ValueSet set = reader.Read(_guard.Root);
        return set.HasUnindexed || set.IsEverything
            ? null
            : new AccessPath(index, set.Ranges, null, [reader]);
    }

    /// <summary>Whether a record could satisfy it, as far as constants alone can tell.</summary>
    private bool IsPossible(GuardNode node) => node switch
    {
        TruthNode truth => truth.Value,
        AndNode and => and.Children.All(IsPossible),
        OrNode or => or.Children.Any(IsPossible),
        CompareNode { Right: ConstantOperand { Value: null } } compare
            => compare.Operator.IsEquality(),
        CompareNode
        {
            Left: PropertyOperand { Name: var name },
            Right: ConstantOperand { Value: { } constant },
        } compare when _table.FindProperty(name) is { } property
            => IsPossible(property, compare.Operator, constant),
        _ => true,
    };

    private bool IsPossible(RecordProperty property, GuardOperator comparison, object constant)
    {
        Domain domain = _binder.Domain(
            ValueShape.OfProperty(property.Name, property.Type), comparison, ref constant);
        return ValueSetReader.OutcomeOf(domain, comparison, constant) != Outcome.Never;
    }
}
