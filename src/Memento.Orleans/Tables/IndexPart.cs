using Memento.Keys;

namespace Memento.Tables;

/// <summary>Writes one value of a record as index entries and orders have it.</summary>
internal abstract class IndexPart<TRecord>
{
    /// <summary>Makes what writes a value of a record, without boxing it.</summary>
    /// <param name="component">The encoding of the value.</param>
    /// <param name="tryGet">
    /// Reads the value: a <see cref="TryGetValue{TRecord, TValue}"/> of the component's type.
    /// </param>
    public static IndexPart<TRecord> Of(KeyComponent component, Delegate tryGet)
        => component.Accept(new Maker(tryGet));

    /// <summary>
    /// Writes its <see cref="ValueTag"/>, and behind it the value if there is one.
    /// </summary>
    public abstract void Write(ref KeyWriter writer, TRecord record);

    /// <summary>Writes the value without a tag; false where it is null or NaN.</summary>
    public abstract bool TryWriteValue(ref KeyWriter writer, TRecord record);

    private sealed class Maker(Delegate tryGet) : IKeyComponentVisitor<IndexPart<TRecord>>
    {
        public IndexPart<TRecord> Visit<T>(KeyComponent<T> component)
            where T : notnull
            => new IndexPart<TRecord, T>((TryGetValue<TRecord, T>)tryGet, component);
    }
}
