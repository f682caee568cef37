namespace Memento.Keys;

/// <summary>
/// Encodes and decodes the keys of a table. A composite key is its parts one after the other; so
/// its encoding begins with that of its first parts, and the keys that share those are neighbours.
/// </summary>
internal abstract class KeyCodec
{
    private protected KeyCodec(string tableName, KeyPart[] parts, Type argumentType)
    {
        TableName = tableName;
        Parts = parts;
        ArgumentType = argumentType;
    }

    public string TableName { get; }

    /// <summary>The properties of the key, in order.</summary>
    public IReadOnlyList<KeyPart> Parts { get; }

    /// <summary>What a decoded key is: the property's type, or a value tuple for several.</summary>
    public Type ArgumentType { get; }

    /// <summary>Makes the codec of a table's key, or of an index's value.</summary>
    public static KeyCodec Create(string tableName, params IReadOnlyList<KeyPart> parts)
        => parts.Count switch
        {
            0 => throw new ArgumentException(
                $"Table '{tableName}' has no key property.", nameof(parts)),
            1 => parts[0].Component.ToCodec(tableName, parts[0]),
            _ => new CompositeKeyCodec(tableName, [.. parts]),
        };

    /// <summary>Encodes a key as a caller passes it, see <see cref="KeyConversion"/>.</summary>
    /// <exception cref="ArgumentNullException">The key, or a part of it, is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An integer does not fit.</exception>
    /// <exception cref="ArgumentException">The key is of another type.</exception>
    public abstract Key EncodeArgument(object? key);

    /// <summary>The key as a caller gets it, a value of <see cref="ArgumentType"/>.</summary>
    public object Decode(Key key) => Decode(key.Bytes);

    /// <inheritdoc cref="Decode(Key)"/>
    /// <exception cref="InvalidDataException">These are not the bytes of such a key.</exception>
    public abstract object Decode(ReadOnlySpan<byte> key);
}
