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

/// <summary>Encodes the values of one type without boxing them.</summary>
/// <typeparam name="T">The CLR type, never a <see cref="Nullable{T}"/>.</typeparam>
internal abstract class KeyComponent<T> : KeyComponent
    where T : notnull
{
    public sealed override Type ValueType => typeof(T);

    public abstract void Write(ref KeyWriter writer, T value);

    public abstract T Read(ref KeyReader reader);

    public sealed override void WriteBoxed(ref KeyWriter writer, object value)
        => Write(ref writer, (T)value);

    public sealed override object ReadBoxed(ref KeyReader reader) => Read(ref reader);

    public sealed override KeyCodec ToCodec(string tableName, KeyPart part)
        => new SingleKeyCodec<T>(tableName, part, this);

    public sealed override TResult Accept<TResult>(IKeyComponentVisitor<TResult> visitor)
        => visitor.Visit(this);
}

/// <summary>Is called with a component whose type of values is known at compile time.</summary>
internal interface IKeyComponentVisitor<out TResult>
{
    TResult Visit<T>(KeyComponent<T> component)
        where T : notnull;
}
