using Memento.Tables;
using Memento.Tables.Keys;

namespace Memento.Queries;

/// <summary>
/// Reads from a guard which values a property may have. What it does not understand allows all.
/// </summary>
internal sealed class ValueSetReader(
    GuardBinder binder, RecordProperty property, KeyComponent component)
{
    private readonly ValueShape _shape = ValueShape.OfProperty(property.Name, property.Type);

    public string Name => property.Name;

    /// <summary>Recursive, which the limit on the depth makes safe.</summary>
    public ValueSet Read(GuardNode node) => node switch
    {
        TruthNode { Value: false } => ValueSet.None,
        AndNode and => ValueSet.All(and.Children.Select(Read)),
        OrNode or => ValueSet.Either([.. or.Children.Select(Read)]),
        CompareNode { Right: ConstantOperand constant } compare when IsProperty(compare.Left)
            => ReadCompare(compare.Operator, constant.Value),
        InNode list when IsProperty(list.Operand) => ReadList(list),
        TextNode text when IsProperty(text.Operand) => ReadText(text),
        _ => ValueSet.Any,
    };

    /// <summary>What a comparison of values of a shape gives whatever the value is.</summary>
    public static Outcome OutcomeOf(Domain domain, GuardOperator comparison, object constant)
    {
        if (comparison == GuardOperator.NotEqual)
            return Outcome.Depends;

        ConstantFit fit = domain.Fit(constant);
        if (fit == ConstantFit.Inside)
            return domain.EqualsItself(constant) ? Outcome.Depends : Outcome.Never;

        bool holds = fit == ConstantFit.Above
            ? comparison is GuardOperator.LessThan or GuardOperator.LessThanOrEqual
            : comparison is GuardOperator.GreaterThan or GuardOperator.GreaterThanOrEqual;
        return holds ? Outcome.WhereNotNull : Outcome.Never;
    }

    private bool IsProperty(Operand operand)
        => operand is PropertyOperand { Name: var name } && name == property.Name;

    private ValueSet ReadCompare(GuardOperator comparison, object? value)
    {
        if (value is null)
        {
            return comparison switch
            {
                GuardOperator.Equal => ValueSet.None with { HasUnindexed = true },

                // NaN is not null, and not indexed either.
                GuardOperator.NotEqual => ValueSet.Indexed with
                {
                    HasUnindexed = Domains.IsReal(property.ValueType),
                },
                _ => ValueSet.None,
            };
        }

        if (comparison == GuardOperator.NotEqual)
            return ValueSet.Any;

        object constant = value;
        Domain domain = binder.Domain(_shape, comparison, ref constant);
        return OutcomeOf(domain, comparison, constant) switch
        {
            Outcome.Never => ValueSet.None,
            Outcome.WhereNotNull => ValueSet.Indexed with { IsExact = true },

            // Compared in a wider type, several values of the property may equal the constant.
            _ when domain.Type != _shape.ComparedType => ValueSet.Indexed,
            _ => Bounded(comparison, Encode(domain.Convert(constant))),
        };
    }

    private static ValueSet Bounded(GuardOperator comparison, byte[] value)
    {
        KeyRange point = KeyRange.Point(value);
        return comparison switch
        {
            GuardOperator.Equal => ValueSet.Of(point),
            GuardOperator.LessThan => ValueSet.Of(new KeyRange([], value, IsPoint: false)),
            GuardOperator.LessThanOrEqual => ValueSet.Of(new KeyRange([], point.To, false)),
            GuardOperator.GreaterThan => point.To is null
                ? ValueSet.None
                : ValueSet.Of(new KeyRange(point.To, null, IsPoint: false)),
            _ => ValueSet.Of(new KeyRange(value, null, IsPoint: false)),
        };
    }

    private ValueSet ReadList(InNode list)
    {
        bool hasUnindexed = false;
        var points = new List<KeyRange>(list.Values.Length);
        foreach (object? value in list.Values)
        {
            if (value is null)
            {
                hasUnindexed = true;
                continue;
            }

            object constant = value;
            Domain domain = binder.Domain(_shape, GuardOperator.Equal, ref constant);
            if (domain.Fit(constant) != ConstantFit.Inside)
                continue;

            // A list finds NaN where an operator does not.
            if (!domain.EqualsItself(constant))
                hasUnindexed = true;
            else if (domain.Type != _shape.ComparedType)
                return ValueSet.Any;
            else
                points.Add(KeyRange.Point(Encode(domain.Convert(constant))));
        }

        return new ValueSet(KeyRanges.Union(points), hasUnindexed, IsExact: true);
    }

    private ValueSet ReadText(TextNode text)
    {
        if (text.Match != TextMatch.StartsWith)
            return ValueSet.Indexed;

        // A text's encoding is its characters' one after the other, and an end of one byte.
        byte[] encoded = Encode(text.Pattern);
        return encoded.Length == 1
            ? ValueSet.Indexed with { IsExact = true }
            : ValueSet.Of(KeyRange.Prefix(encoded[..^1]));
    }

    private byte[] Encode(object value)
    {
        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        component.WriteBoxed(
            ref writer,
            property.ValueType.IsEnum ? Enum.ToObject(property.ValueType, value) : value);
        return writer.Written.ToArray();
    }
}
