namespace Memento.Keys;

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
