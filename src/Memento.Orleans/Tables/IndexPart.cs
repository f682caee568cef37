using Memento.Tables.Keys;

namespace Memento.Tables;

/// <summary>Writes one value of a record as index entries and orders have it.</summary>
internal abstract class IndexPart<TRecord>
{
    /// <summary>
    /// Writes its <see cref="ValueTag"/>, and behind it the value if there is one.
    /// </summary>
    public abstract void Write(ref KeyWriter writer, TRecord record);

    /// <summary>Writes the value without a tag; false where it is null or NaN.</summary>
    public abstract bool TryWriteValue(ref KeyWriter writer, TRecord record);
}
