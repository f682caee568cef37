namespace Memento.Keys;

/// <summary>
/// Encodes the values of one type as bytes. For every kind it holds: the order of the bytes is the
/// order of the values, equal values have the same bytes, and no encoding is the beginning of
/// another one, so that encodings can be put one after the other.
/// </summary>
internal abstract class KeyComponent
{
    /// <summary>The CLR type, never a <see cref="Nullable{T}"/>.</summary>
    public abstract Type ValueType { get; }

    /// <summary>Writes a value, which is exactly of <see cref="ValueType"/>.</summary>
    public abstract void WriteBoxed(ref KeyWriter writer, object value);

    public abstract object ReadBoxed(ref KeyReader reader);

    /// <summary>The codec of a key that consists of this component alone.</summary>
    public abstract KeyCodec ToCodec(string tableName, KeyPart part);

    /// <summary>Calls a visitor with this component as that of <see cref="ValueType"/>.</summary>
    public abstract TResult Accept<TResult>(IKeyComponentVisitor<TResult> visitor);
}
