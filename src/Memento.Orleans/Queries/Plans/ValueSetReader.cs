using Memento.Keys;
using Memento.Queries.Evaluation;

namespace Memento.Queries.Plans;

/// <summary>
/// Reads from a guard the values that a property may have. A node that it does not know allows all
/// values.
/// </summary>
internal sealed class ValueSetReader
{
    private readonly GuardBinder _binder;
    private readonly KeyPart _part;
    private readonly ValueShape _shape;
    private readonly bool _isTagged;

    /// <summary>The beginning of the values that are neither null nor NaN.</summary>
    private readonly byte[] _firstValue;

    /// <param name="binder">The binder, which has the table.</param>
    /// <param name="part">The property, and the encoding of its values.</param>
    /// <param name="isTagged">
    /// Whether a value has a <see cref="ValueTag"/> before it; in a key, which is never null, it
    /// has none.
    /// </param>
    public ValueSetReader(GuardBinder binder, KeyPart part, bool isTagged)
    {
        _binder = binder;
        _part = part;
        _shape = ValueShape.OfProperty(part.Name, part.Type);
        _isTagged = isTagged;
        _firstValue = CanBeNull || CanBeNotANumber ? [ValueTag.Value] : [];
    }

    public string Name => _part.Name;

    private bool CanBeNull
        => _isTagged && (!_part.Type.IsValueType || _shape.ValueType != _shape.DeclaredType);

    private bool CanBeNotANumber => _isTagged && Domains.IsReal(_shape.ValueType);

    private int TagLength => _isTagged ? 1 : 0;

    /// <summary>It is recursive. That is safe, because the depth is limited.</summary>
    public ValueSet Read(GuardNode node)
    {
        switch (node)
        {
            case TruthNode { Value: false }:
                return ValueSet.None;
            case AndNode and:
                ValueSet all = ValueSet.Everything;
                foreach (GuardNode child in and.Children)
                    all = all.And(Read(child));

                return all;
            case OrNode or:
                return ReadEither(or);
            case CompareNode { Right: ConstantOperand constant } compare
                when IsProperty(compare.Left):
                return ReadCompare(compare.Operator, constant.Value);
            case NotNode
            {
                Child: CompareNode
                {
                    Operator: GuardOperator.NotEqual, Right: ConstantOperand constant,
                } compare,
            } when IsProperty(compare.Left):
                return ReadCompare(GuardOperator.Equal, constant.Value);
            case InNode list when IsProperty(list.Operand):
                return ReadList(list);
            case TextNode { Match: TextMatch.StartsWith, IgnoresCase: false } text
                when IsProperty(text.Operand):
                return ReadPrefix(text.Pattern);
            default:
                return ValueSet.Any;
        }
    }

    /// <summary>Whether these are all values except null, or except null and NaN.</summary>
    public bool IsAnyValue(in ValueSet set)
        => set.Ranges is [{ To: null } range] && range.From.Length <= TagLength;

    /// <summary>Whether each range has a beginning and an end.</summary>
    public bool IsBounded(in ValueSet set)
    {
        foreach (KeyRange range in set.Ranges)
        {
            if (!range.IsPoint && (range.From.Length <= TagLength || range.To is null))
                return false;
        }

        return true;
    }

    /// <summary>Whether null or NaN is among the values.</summary>
    public bool MayBeNone(in ValueSet set)
        => _firstValue.Length > 0 && set.Ranges.Count > 0
            && set.Ranges[0].From.AsSpan().SequenceCompareTo(_firstValue) < 0;

    /// <summary>The result of a comparison that is the same for all values of a shape.</summary>
    public static Outcome OutcomeOf(Domain domain, GuardOperator comparison, object constant)
    {
        if (comparison == GuardOperator.NotEqual) return Outcome.Depends;

        ConstantFit fit = domain.Fit(constant);
        if (fit == ConstantFit.Inside)
            return domain.EqualsItself(constant) ? Outcome.Depends : Outcome.Never;

        bool holds = fit == ConstantFit.Above
            ? comparison is GuardOperator.LessThan or GuardOperator.LessThanOrEqual
            : comparison is GuardOperator.GreaterThan or GuardOperator.GreaterThanOrEqual;
        return holds ? Outcome.WhereNotNull : Outcome.Never;
    }

    private bool IsProperty(Operand operand)
        => operand is PropertyOperand { Name: var name } && name == _part.Name;

    private ValueSet ReadEither(OrNode or)
    {
        var ranges = new List<KeyRange>(or.Children.Length);
        bool isExact = true;
        foreach (GuardNode child in or.Children)
        {
            ValueSet set = Read(child);
            ranges.AddRange(set.Ranges);
            isExact &= set.IsExact;
        }

        return new ValueSet(KeyRanges.Union(ranges), isExact);
    }

    private ValueSet ReadCompare(GuardOperator comparison, object? value)
    {
        if (value is null) return ReadCompareWithNull(comparison);

        if (comparison == GuardOperator.NotEqual) return ValueSet.Any;

        object constant = value;
        Domain domain = _binder.Domain(_shape, comparison, ref constant);
        return OutcomeOf(domain, comparison, constant) switch
        {
            Outcome.Never => ValueSet.None,
            Outcome.WhereNotNull => NotNull(),

            // In a wider type, several values of the property may equal the constant.
            _ when domain.Type != _shape.ComparedType => ValueSet.Any,
            _ => Bounded(comparison, Encode(domain.Convert(constant))),
        };
    }

    private ValueSet ReadCompareWithNull(GuardOperator comparison) => comparison switch
    {
        GuardOperator.Equal => CanBeNull
            ? ValueSet.Of(KeyRange.Point([ValueTag.Null]))
            : ValueSet.None,
        GuardOperator.NotEqual => NotNull(),
        _ => ValueSet.None,
    };

    /// <summary>NaN is not null.</summary>
    private ValueSet NotNull()
        => !CanBeNull ? ValueSet.Everything : ValueSet.Of(new KeyRange(
            CanBeNotANumber ? [ValueTag.NotANumber] : [ValueTag.Value], null, IsPoint: false));

    private ValueSet Bounded(GuardOperator comparison, byte[] value)
    {
        KeyRange point = KeyRange.Point(value);

        // The key after the greatest possible value has no bytes after its tag.
        byte[]? next = point.To?.Length > TagLength ? point.To : null;
        return comparison switch
        {
            GuardOperator.Equal => ValueSet.Of(point),
            GuardOperator.LessThan => ValueSet.Of(new KeyRange(_firstValue, value, false)),
            GuardOperator.LessThanOrEqual => ValueSet.Of(new KeyRange(_firstValue, next, false)),
            GuardOperator.GreaterThan => next is null
                ? ValueSet.None
                : ValueSet.Of(new KeyRange(next, null, IsPoint: false)),
            _ => ValueSet.Of(new KeyRange(value, null, IsPoint: false)),
        };
    }

    private ValueSet ReadList(InNode list)
    {
        var points = new List<KeyRange>(list.Values.Length);
        foreach (object? value in list.Values)
        {
            if (value is null)
            {
                if (CanBeNull) points.Add(KeyRange.Point([ValueTag.Null]));

                continue;
            }

            object constant = value;
            Domain domain = _binder.Domain(_shape, GuardOperator.Equal, ref constant);
            if (domain.Fit(constant) != ConstantFit.Inside) continue;

            // A list finds NaN; an operator does not.
            if (!domain.EqualsItself(constant))
            {
                if (CanBeNotANumber) points.Add(KeyRange.Point([ValueTag.NotANumber]));
            }
            else if (domain.Type != _shape.ComparedType)
            {
                return ValueSet.Any;
            }
            else
            {
                points.Add(KeyRange.Point(Encode(domain.Convert(constant))));
            }
        }

        return new ValueSet(KeyRanges.Union(points), IsExact: true);
    }

    private ValueSet ReadPrefix(string pattern)
    {
        if (pattern.Length == 0) return NotNull();

        // The encoding of a text is its encoded characters one after the other, and one byte at the
        // end.
        return ValueSet.Of(KeyRange.Prefix(Encode(pattern)[..^1]));
    }

    private byte[] Encode(object value)
    {
        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        if (_isTagged) writer.Reserve(1)[0] = ValueTag.Value;

        Type type = _shape.ValueType;
        _part.Component.WriteBoxed(
            ref writer, type.IsEnum ? Enum.ToObject(type, value) : value);
        return writer.Written.ToArray();
    }
}
