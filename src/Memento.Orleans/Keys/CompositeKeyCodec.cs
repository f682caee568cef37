using System.Runtime.CompilerServices;

namespace Memento.Keys;

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
        if (key is not ITuple tuple || tuple.Length != Parts.Count)
            throw NoSuchTuple(key);

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
