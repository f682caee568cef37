namespace Memento.Queries.Evaluation;

/// <summary>A value that can be read from a record, or from an item of a collection.</summary>
internal abstract class BoundValue<TRecord>(ValueShape shape)
{
    public ValueShape Shape { get; } = shape;

    /// <summary>Whether the value is not null; boxes nothing.</summary>
    public abstract bool HasValue(TRecord record);

    /// <summary>This value, or of an enum the value as its underlying integer.</summary>
    public abstract BoundValue<TRecord> WithoutEnum();

    /// <summary>Calls back with the value's type as a type parameter.</summary>
    public abstract TResult Accept<TResult>(IBoundValueVisitor<TRecord, TResult> visitor);
}
