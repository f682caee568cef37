namespace Memento.Keys;

/// <summary>
/// Encodes the values of one type as bytes. What must hold for every type: the order of the bytes
/// is the order of the values, equal values have the same bytes, and no encoding is the beginning
/// of another one. So encodings can be put one after the other.
/// </summary>
internal abstract class KeyComponent
{
    /// <summary>The CLR type, never a <see cref="Nullable{T}"/>.</summary>
    public abstract Type ValueType { get; }

    /// <summary>Writes a value, whose type is exactly <see cref="ValueType"/>.</summary>
    public abstract void WriteBoxed(ref KeyWriter writer, object value);

    public abstract object ReadBoxed(ref KeyReader reader);

    /// <summary>The codec of a key that consists of this component alone.</summary>
    public abstract KeyCodec ToCodec(string tableName, KeyPart part);

    /// <summary>Calls a visitor with this component, typed by <see cref="ValueType"/>.</summary>
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

/// <summary>Called with a component whose value type is a type parameter.</summary>
internal interface IKeyComponentVisitor<out TResult>
{
    TResult Visit<T>(KeyComponent<T> component)
        where T : notnull;
}
