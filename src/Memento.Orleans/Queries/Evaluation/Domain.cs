using System.Diagnostics;
using System.Numerics;
using Memento.Tables;

namespace Memento.Queries.Evaluation;

/// <summary>A type in which values are compared; builds the comparisons.</summary>
internal abstract class Domain
{
    public abstract Type Type { get; }

    public abstract bool HasOrder { get; }

    /// <summary>The place of a constant among the values of this type.</summary>
    public abstract ConstantFit Fit(object constant);

    /// <summary>The constant in this type. Only if it fits.</summary>
    public abstract object Convert(object constant);

    /// <summary>Whether the constant equals itself; NaN does not.</summary>
    public abstract bool EqualsItself(object constant);

    public abstract Func<TRecord, bool> Compare<TRecord>(
        BoundValue<TRecord> value, GuardOperator comparison, object constant);

    public abstract Func<TRecord, bool> Compare<TRecord>(
        BoundValue<TRecord> left, GuardOperator comparison, BoundValue<TRecord> right);

    /// <param name="value">The value.</param>
    /// <param name="constants">
    /// The constants, which are not null. A constant that does not fit is never found.
    /// </param>
    /// <param name="orNull">Whether null is found too.</param>
    public abstract Func<TRecord, bool> In<TRecord>(
        BoundValue<TRecord> value, IReadOnlyCollection<object> constants, bool orNull);
}

/// <summary>Builds comparisons of values of one type, as closures that do not box.</summary>
internal sealed class Domain<T, TRules> : Domain
    where T : notnull
    where TRules : struct, IValueRules<T>
{
    /// <summary>Up to this length, a walk through an array is faster than hashing.</summary>
    private const int ShortList = 6;

    public override Type Type => typeof(T);

    public override bool HasOrder => TRules.HasOrder;

    public override ConstantFit Fit(object constant) => TRules.Convert(constant, out _);

    public override object Convert(object constant)
    {
        ConstantFit fit = TRules.Convert(constant, out T value);
        Debug.Assert(fit == ConstantFit.Inside, "The caller checks that the constant fits.");
        return value;
    }

    public override bool EqualsItself(object constant)
    {
        TRules.Convert(constant, out T value);
        return TRules.Equal(value, value);
    }

    public override Func<TRecord, bool> Compare<TRecord>(
        BoundValue<TRecord> left, GuardOperator comparison, object constant)
    {
        ConstantFit fit = TRules.Convert(constant, out T value);
        if (fit != ConstantFit.Inside) return CompareOutside(left, comparison, fit);

        TryGetValue<TRecord, T> get = Reader(left);
        return comparison switch
        {
            GuardOperator.Equal => record
                => get(record, out T found) && TRules.Equal(found, value),
            GuardOperator.NotEqual => record
                => !get(record, out T found) || !TRules.Equal(found, value),
            GuardOperator.LessThan => record
                => get(record, out T found) && TRules.Less(found, value),
            GuardOperator.LessThanOrEqual => record
                => get(record, out T found) && TRules.LessOrEqual(found, value),
            GuardOperator.GreaterThan => record
                => get(record, out T found) && TRules.Less(value, found),
            GuardOperator.GreaterThanOrEqual => record
                => get(record, out T found) && TRules.LessOrEqual(value, found),
            _ => throw new UnreachableException(),
        };
    }

    public override Func<TRecord, bool> Compare<TRecord>(
        BoundValue<TRecord> left, GuardOperator comparison, BoundValue<TRecord> right)
    {
        TryGetValue<TRecord, T> first = Reader(left);
        TryGetValue<TRecord, T> second = Reader(right);
        return comparison switch
        {
            GuardOperator.Equal => record => Same(first, second, record),
            GuardOperator.NotEqual => record => !Same(first, second, record),
            GuardOperator.LessThan => record => first(record, out T one)
                && second(record, out T other) && TRules.Less(one, other),
            GuardOperator.LessThanOrEqual => record => first(record, out T one)
                && second(record, out T other) && TRules.LessOrEqual(one, other),
            GuardOperator.GreaterThan => record => first(record, out T one)
                && second(record, out T other) && TRules.Less(other, one),
            GuardOperator.GreaterThanOrEqual => record => first(record, out T one)
                && second(record, out T other) && TRules.LessOrEqual(other, one),
            _ => throw new UnreachableException(),
        };
    }

    public override Func<TRecord, bool> In<TRecord>(
        BoundValue<TRecord> operand, IReadOnlyCollection<object> constants, bool orNull)
    {
        var values = new HashSet<T>(constants.Count, TRules.Equality);
        foreach (object constant in constants)
        {
            if (TRules.Convert(constant, out T value) == ConstantFit.Inside) values.Add(value);
        }

        TryGetValue<TRecord, T> get = Reader(operand);
        if (values.Count > ShortList)
            return record => get(record, out T found) ? values.Contains(found) : orNull;

        T[] few = [.. values];
        IEqualityComparer<T> equality = TRules.Equality;
        return record =>
        {
            if (!get(record, out T found)) return orNull;

            foreach (T value in few)
            {
                if (equality.Equals(found, value)) return true;
            }

            return false;
        };
    }

    /// <summary>Reads a value in this type. Only for a type that C# promotes to it.</summary>
    public static TryGetValue<TRecord, T> Reader<TRecord>(BoundValue<TRecord> value)
        => value.WithoutEnum() switch
        {
            BoundValue<TRecord, T> same => same.TryGet,
            BoundValue<TRecord, int> number => Promoted(number.TryGet),
            BoundValue<TRecord, long> number => Promoted(number.TryGet),
            BoundValue<TRecord, sbyte> number => Promoted(number.TryGet),
            BoundValue<TRecord, byte> number => Promoted(number.TryGet),
            BoundValue<TRecord, short> number => Promoted(number.TryGet),
            BoundValue<TRecord, ushort> number => Promoted(number.TryGet),
            BoundValue<TRecord, uint> number => Promoted(number.TryGet),
            BoundValue<TRecord, ulong> number => Promoted(number.TryGet),
            BoundValue<TRecord, char> number => Promoted(number.TryGet),
            BoundValue<TRecord, float> number => Promoted(number.TryGet),
            _ => throw new UnreachableException(
                $"'{value.Shape.DeclaredType}' is not read as '{typeof(T)}'."),
        };

    private static bool Same<TRecord>(
        TryGetValue<TRecord, T> first, TryGetValue<TRecord, T> second, TRecord record)
        => first(record, out T one)
            ? second(record, out T other) && TRules.Equal(one, other)
            : !second(record, out _);

    /// <summary>
    /// Compares with a constant that is below or above every value of the property; null is on
    /// neither side.
    /// </summary>
    private static Func<TRecord, bool> CompareOutside<TRecord>(
        BoundValue<TRecord> operand, GuardOperator comparison, ConstantFit fit)
    {
        bool isAbove = fit == ConstantFit.Above;
        bool holds = comparison switch
        {
            GuardOperator.LessThan or GuardOperator.LessThanOrEqual => isAbove,
            GuardOperator.GreaterThan or GuardOperator.GreaterThanOrEqual => !isAbove,
            _ => false,
        };
        if (comparison == GuardOperator.NotEqual) return _ => true;

        return holds ? operand.HasValue : _ => false;
    }

    private static TryGetValue<TRecord, T> Promoted<TRecord, TNumber>(
        TryGetValue<TRecord, TNumber> get)
        where TNumber : struct, INumberBase<TNumber>
        => (record, out value) =>
        {
            bool has = get(record, out TNumber number);
            value = has ? TRules.Promote(number) : default!;
            return has;
        };
}

/// <summary>The place of a constant among the values that a property can have.</summary>
internal enum ConstantFit
{
    Inside,
    Below,
    Above,
}

/// <summary>The facts about a value that are known without a record.</summary>
/// <param name="Subject">Its name in messages: <c>property 'Year'</c>.</param>
/// <param name="DeclaredType">Its type, for example <c>int?</c>.</param>
internal readonly record struct ValueShape(string Subject, Type DeclaredType)
{
    /// <summary>The type without <see cref="Nullable{T}"/>.</summary>
    public Type ValueType => Nullable.GetUnderlyingType(DeclaredType) ?? DeclaredType;

    /// <summary>The type in which it is compared; for an enum, its integer.</summary>
    public Type ComparedType
        => ValueType.IsEnum ? Enum.GetUnderlyingType(ValueType) : ValueType;

    public static ValueShape OfProperty(string name, Type type) => new($"property '{name}'", type);

    public static ValueShape OfResult(Operand operand, Type type) => new($"'{operand}'", type);
}
