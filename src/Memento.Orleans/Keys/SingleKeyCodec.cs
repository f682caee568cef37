namespace Memento.Keys;

/// <summary>The codec of a key of one property.</summary>
/// <typeparam name="T">The property's type without <see cref="Nullable{T}"/>.</typeparam>
internal sealed class SingleKeyCodec<T>(
    string tableName, KeyPart part, KeyComponent<T> component)
    : KeyCodec(tableName, [part], typeof(T))
    where T : notnull
{
    private readonly string _description = part.Describe(tableName);

    /// <summary>Encodes a value without boxing it.</summary>
    public Key Encode(T value)
    {
        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        component.Write(ref writer, value);
        return writer.ToKey();
    }

    public override Key EncodeArgument(object? key)
        => Encode(key is T value ? value : (T)KeyConversion.Convert(key, typeof(T), _description));

    public override object Decode(ReadOnlySpan<byte> key) => DecodeValue(key);

    /// <summary>Decodes a value without boxing it.</summary>
    public T DecodeValue(ReadOnlySpan<byte> key)
    {
        KeyReader reader = new(key);
        T value = component.Read(ref reader);
        reader.EnsureEnd();
        return value;
    }
}
