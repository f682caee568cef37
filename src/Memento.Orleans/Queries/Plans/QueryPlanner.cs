using System.Diagnostics.CodeAnalysis;
using Memento.Tables;
using Memento.Tables.Keys;

namespace Memento.Queries;

/// <summary>
/// Chooses where to look: the key, else a unique index, else another index, else everywhere. An
/// index is chosen only where the evaluator's equality is equality of the encoded bytes, and the
/// value is one that is indexed.
/// </summary>
internal sealed class QueryPlanner
{
    private readonly TableDefinition _table;
    private readonly Guard _guard;
    private readonly Dictionary<string, object> _equal = new(StringComparer.Ordinal);

    private QueryPlanner(TableDefinition table, Guard guard)
    {
        _table = table;
        _guard = guard;
    }

    /// <exception cref="ArgumentException">The guard does not fit the table.</exception>
    public static QueryPlan Plan(TableDefinition table, Guard guard)
        => new QueryPlanner(table, guard).Plan();

    private QueryPlan Plan()
    {
        IReadOnlyList<GuardNode> conjuncts = _guard.Root is AndNode and
            ? and.Children
            : [_guard.Root];
        var binder = new GuardBinder(_table);
        foreach (GuardNode conjunct in conjuncts)
        {
            if (IsNowhereTrue(binder, conjunct))
                return new NothingPlan(_guard);
        }

        if (TryEncodeKey(out Key key))
            return new KeyLookupPlan(_guard, key);

        return TryChooseIndex(out IndexDefinition? index)
            ? new IndexLookupPlan(_guard, index, index.EncodeValue(_equal[index.Property.Name]))
            : new ScanPlan(_guard);
    }

    /// <summary>Remembers which property equals what, on the way.</summary>
    private bool IsNowhereTrue(GuardBinder binder, GuardNode conjunct)
    {
        if (conjunct is TruthNode truth)
            return !truth.Value;

        if (conjunct is not CompareNode { Right: ConstantOperand { Value: var value } } compare)
            return false;

        if (compare.Left is not PropertyOperand { Name: var name } || name.Contains('.'))
            return false;

        RecordProperty property = binder.Property(name);
        if (value is null)
            return !compare.Operator.IsEquality();

        object constant = value;
        ValueShape shape = ValueShape.OfProperty(name, property.Type);
        Domain domain = binder.Domain(shape, compare.Operator, ref constant);
        if (compare.Operator != GuardOperator.Equal)
            return false;

        if (domain.Fit(constant) != ConstantFit.Inside || !domain.EqualsItself(constant))
            return true;

        // Compared in a wider type, several values of the property may equal the constant.
        if (domain.Type == shape.ComparedType)
            _equal[property.Name] = AsStored(property, domain.Convert(constant));

        return false;
    }

    private static object AsStored(RecordProperty property, object value)
        => property.ValueType.IsEnum ? Enum.ToObject(property.ValueType, value) : value;

    private bool TryEncodeKey(out Key key)
    {
        key = default;
        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        foreach (KeyPart part in _table.KeyCodec.Parts)
        {
            if (!_equal.TryGetValue(part.Name, out object? value))
                return false;

            part.Component.WriteBoxed(ref writer, value);
        }

        key = writer.ToKey();
        return true;
    }

    private bool TryChooseIndex([NotNullWhen(true)] out IndexDefinition? chosen)
    {
        chosen = null;
        foreach (IndexDefinition index in _table.Indexes)
        {
            bool isBetter = chosen is null || (index.Unique && !chosen.Unique);
            if (isBetter && _equal.ContainsKey(index.Property.Name))
                chosen = index;
        }

        return chosen is not null;
    }
}
