namespace Memento.Queries.Evaluation;

/// <summary>A type in which values are compared; builds the comparisons.</summary>
internal abstract class Domain
{
    public abstract Type Type { get; }

    public abstract bool HasOrder { get; }

    /// <summary>Where a constant lies that can be compared in this type.</summary>
    public abstract ConstantFit Fit(object constant);

    /// <summary>The constant in this type; only where it fits.</summary>
    public abstract object Convert(object constant);

    /// <summary>Whether the constant equals itself, which NaN does not.</summary>
    public abstract bool EqualsItself(object constant);

    public abstract Func<TRecord, bool> Compare<TRecord>(
        BoundValue<TRecord> value, GuardOperator comparison, object constant);

    public abstract Func<TRecord, bool> Compare<TRecord>(
        BoundValue<TRecord> left, GuardOperator comparison, BoundValue<TRecord> right);

    /// <param name="value">The value.</param>
    /// <param name="constants">Not null; those that do not fit are found nowhere.</param>
    /// <param name="orNull">Whether null is found as well.</param>
    public abstract Func<TRecord, bool> In<TRecord>(
        BoundValue<TRecord> value, IReadOnlyCollection<object> constants, bool orNull);
}
