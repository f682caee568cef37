using System.Runtime.CompilerServices;

namespace Memento.Keys;

/// <summary>
/// Encodes and decodes the keys of a table. The encoding of a composite key is the encodings of its
/// parts, one after the other. So keys with the same first parts are neighbours.
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

    /// <summary>
    /// The type of a decoded key: the type of the property, or a value tuple for several
    /// properties.
    /// </summary>
    public Type ArgumentType { get; }

    /// <summary>Makes the codec of the key of a table, or of the value of an index.</summary>
    public static KeyCodec Create(string tableName, params IReadOnlyList<KeyPart> parts)
        => parts.Count switch
        {
            0 => throw new ArgumentException(
                $"Table '{tableName}' has no key property.", nameof(parts)),
            1 => parts[0].Component.ToCodec(tableName, parts[0]),
            _ => new CompositeKeyCodec(tableName, [.. parts]),
        };

    /// <summary>Encodes a key that a caller passes; see <see cref="KeyConversion"/>.</summary>
    /// <exception cref="ArgumentNullException">The key, or a part of it, is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An integer does not fit.</exception>
    /// <exception cref="ArgumentException">The key is of another type.</exception>
    public abstract Key EncodeArgument(object? key);

    /// <summary>The key that a caller gets, a value of <see cref="ArgumentType"/>.</summary>
    public object Decode(Key key) => Decode(key.Bytes);

    /// <inheritdoc cref="Decode(Key)"/>
    /// <exception cref="InvalidDataException">These are not the bytes of such a key.</exception>
    public abstract object Decode(ReadOnlySpan<byte> key);
}

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

/// <summary>The codec of a key of several properties, whose arguments are tuples.</summary>
internal sealed class CompositeKeyCodec : KeyCodec
{
    private readonly KeyTuple _tuple;
    private readonly string[] _descriptions;

    public CompositeKeyCodec(string tableName, KeyPart[] parts)
        : this(tableName, parts, KeyTuple.Of([.. parts.Select(part => part.Component.ValueType)]))
    {
    }

    private CompositeKeyCodec(string tableName, KeyPart[] parts, KeyTuple tuple)
        : base(tableName, parts, tuple.Type)
    {
        _tuple = tuple;
        _descriptions = [.. parts.Select(part => part.Describe(tableName))];
    }

    public override Key EncodeArgument(object? key)
    {
        if (key is not ITuple tuple || tuple.Length != Parts.Count) throw NoSuchTuple(key);

        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        for (int index = 0; index < Parts.Count; index++)
        {
            KeyComponent component = Parts[index].Component;
            object part = KeyConversion.Convert(
                tuple[index], component.ValueType, _descriptions[index]);
            component.WriteBoxed(ref writer, part);
        }

        return writer.ToKey();
    }

    public override object Decode(ReadOnlySpan<byte> key)
    {
        KeyReader reader = new(key);
        object[] values = new object[Parts.Count];
        for (int index = 0; index < values.Length; index++)
            values[index] = Parts[index].Component.ReadBoxed(ref reader);

        reader.EnsureEnd();
        return _tuple.Create(values);
    }

    private ArgumentException NoSuchTuple(object? key)
    {
        string parts = string.Join(
            ", ", Parts.Select(part => $"{TypeName.Of(part.Component.ValueType)} {part.Name}"));
        string expected = $"Pass a tuple ({parts}).";
        return key is null
            ? new ArgumentNullException(
                nameof(key), $"The key for table '{TableName}' is null. {expected}")
            : new ArgumentException(
                $"The key for table '{TableName}' is of type {TypeName.Of(key.GetType())}, but the "
                + $"table's key is ({parts}). {expected}",
                nameof(key));
    }
}
