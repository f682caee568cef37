using System.Collections.Immutable;

namespace Memento.Queries;

/// <summary>
/// Reads a guard from bytes that are not trusted. The recursion is no deeper than a guard may be,
/// the memory is a small multiple of the bytes, and the guard is within its limits.
/// </summary>
internal static class GuardReader
{
    /// <exception cref="MementoException">The bytes are not a guard.</exception>
    public static Guard Read(byte[] bytes)
    {
        try
        {
            return new Guard(ReadRoot(bytes));
        }
        catch (Exception exception)
            when (exception is ArgumentException or FormatException or IOException)
        {
            throw new MementoException(
                $"A guard that was received is not valid: {exception.Message}", exception);
        }
    }

    private static GuardNode ReadRoot(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        using var stream = new MemoryStream(bytes, writable: false);
        using var reader = new BinaryReader(stream);
        byte version = reader.ReadByte();
        if (version != GuardWriter.Version)
            throw new FormatException($"Its version is {version}, not {GuardWriter.Version}.");

        return ReadNodes(reader, stream.Length, depth: 1);
    }

    /// <summary>
    /// Reads the nodes up to a place in the stream; the last one is the root. A value with an inner
    /// guard calls it, so the depth is checked on the way down.
    /// </summary>
    public static GuardNode ReadNodes(BinaryReader reader, long end, int depth)
    {
        Stream stream = reader.BaseStream;
        var done = new Stack<GuardNode>();
        long nodes = 0;
        while (stream.Position < end)
        {
            GuardSize.RequireNodes(++nodes);
            done.Push(ReadNode(reader, done, depth));
        }

        if (stream.Position != end)
            throw new FormatException("A guard inside a value is longer than was said.");
        if (done.Count != 1)
            throw new FormatException($"It has {done.Count} roots instead of one.");

        return done.Pop();
    }

    private static GuardNode ReadNode(BinaryReader reader, Stack<GuardNode> done, int depth)
    {
        var tag = (GuardTag)reader.ReadByte();
        return tag switch
        {
            GuardTag.False => TruthNode.False,
            GuardTag.True => TruthNode.True,
            GuardTag.Not => new NotNode(Take(done, 1)[0]),
            GuardTag.And => new AndNode(Take(done, reader.Read7BitEncodedInt())),
            GuardTag.Or => new OrNode(Take(done, reader.Read7BitEncodedInt())),
            GuardTag.Compare => CompareNode.Create(
                ReadOperator(reader),
                OperandReader.Read(reader, depth),
                OperandReader.Read(reader, depth)),
            GuardTag.In => ReadIn(reader, depth),
            GuardTag.StartsWith => ReadText(reader, depth, TextMatch.StartsWith),
            GuardTag.EndsWith => ReadText(reader, depth, TextMatch.EndsWith),
            GuardTag.TextContains => ReadText(reader, depth, TextMatch.Contains),
            GuardTag.CompareIgnoringCase => TextCompareNode.Create(
                ReadOperator(reader),
                OperandReader.Read(reader, depth),
                OperandReader.Read(reader, depth)),
            GuardTag.StartsWithIgnoringCase => ReadText(
                reader, depth, TextMatch.StartsWith, ignoresCase: true),
            GuardTag.EndsWithIgnoringCase => ReadText(
                reader, depth, TextMatch.EndsWith, ignoresCase: true),
            GuardTag.TextContainsIgnoringCase => ReadText(
                reader, depth, TextMatch.Contains, ignoresCase: true),
            GuardTag.AnyItem => new AnyNode(
                OperandReader.ReadOfRecord(reader, depth), item: null),
            GuardTag.AnyItemThat => new AnyNode(
                OperandReader.ReadOfRecord(reader, depth), Take(done, 1)[0]),
            GuardTag.HasKey => new HasKeyNode(
                OperandReader.ReadOfRecord(reader, depth), ConstantCodec.ReadText(reader)),
            _ => throw new FormatException($"There is no node with the number {(byte)tag}."),
        };
    }

    private static ImmutableArray<GuardNode> Take(Stack<GuardNode> done, int count)
    {
        if (count < 1 || count > done.Count)
            throw new FormatException(
                $"A node wants {count} children, and there are {done.Count}.");

        var children = new GuardNode[count];
        for (int index = count - 1; index >= 0; index--)
            children[index] = done.Pop();

        return ImmutableArray.Create(children);
    }

    private static GuardOperator ReadOperator(BinaryReader reader)
        => WireEnum.Read<GuardOperator>(reader, "operator");

    private static InNode ReadIn(BinaryReader reader, int depth)
    {
        Operand operand = OperandReader.ReadOfRecord(reader, depth);
        int count = ConstantCodec.ReadCount(reader, bytesEach: 1);
        GuardSize.RequireListItems(count);
        var values = new object?[count];
        for (int index = 0; index < count; index++)
            values[index] = ConstantCodec.Read(reader);

        return new InNode(operand, ImmutableArray.Create(values));
    }

    private static TextNode ReadText(
        BinaryReader reader, int depth, TextMatch match, bool ignoresCase = false)
        => new(
            match,
            OperandReader.ReadOfRecord(reader, depth),
            ConstantCodec.ReadText(reader),
            ignoresCase);
}

/// <summary>Reads the values in the bytes of a guard, no deeper than a guard may be.</summary>
internal static class OperandReader
{
    /// <summary>Reads a value that differs between records.</summary>
    public static Operand ReadOfRecord(BinaryReader reader, int depth)
    {
        Operand operand = Read(reader, depth);
        return operand is not ConstantOperand
            ? operand
            : throw new FormatException("A constant stands where a property must.");
    }

    /// <summary>
    /// It is recursive. That is safe, because the depth is checked on the way down.
    /// </summary>
    public static Operand Read(BinaryReader reader, int depth)
    {
        GuardSize.RequireDepth(depth);
        var tag = (GuardTag)reader.ReadByte();
        return tag switch
        {
            GuardTag.PropertyOperand => new PropertyOperand(ConstantCodec.ReadText(reader)),
            GuardTag.ConstantOperand => new ConstantOperand(ConstantCodec.Read(reader)),
            GuardTag.ItemOperand => ItemOperand.Instance,
            GuardTag.FunctionOperand => new FunctionOperand(
                WireEnum.Read<GuardFunction>(reader, "function"),
                ReadOfRecord(reader, depth + 1)),
            GuardTag.ArithmeticOperand => ReadArithmetic(reader, isChecked: false, depth + 1),
            GuardTag.CheckedArithmeticOperand => ReadArithmetic(reader, isChecked: true, depth + 1),
            GuardTag.CountOperand => ReadCount(reader, depth + 1),
            _ => throw new FormatException($"There is no operand with the number {(byte)tag}."),
        };
    }

    private static CountOperand ReadCount(BinaryReader reader, int depth)
    {
        Operand collection = ReadOfRecord(reader, depth);
        int length = ConstantCodec.ReadCount(reader, bytesEach: 1);
        return new CountOperand(
            collection,
            GuardReader.ReadNodes(reader, reader.BaseStream.Position + length, depth));
    }

    private static ArithmeticOperand ReadArithmetic(BinaryReader reader, bool isChecked, int depth)
    {
        var arithmetic = WireEnum.Read<ArithmeticOperator>(reader, "calculation");
        var type = WireEnum.Read<NumberType>(reader, "type of numbers");
        Operand left = Read(reader, depth);
        return new ArithmeticOperand(arithmetic, type, isChecked, left, Read(reader, depth));
    }
}
