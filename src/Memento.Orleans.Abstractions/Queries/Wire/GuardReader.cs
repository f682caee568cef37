using System.Collections.Immutable;

namespace Memento.Queries;

/// <summary>
/// Reads a guard from bytes that anybody may have sent: without recursion, with no more memory than
/// a small multiple of the bytes, and within the limits of a guard.
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

        var done = new Stack<GuardNode>();
        long nodes = 0;
        while (stream.Position < stream.Length)
        {
            GuardSize.RequireNodes(++nodes);
            done.Push(ReadNode(reader, done));
        }

        if (done.Count != 1)
            throw new FormatException($"It has {done.Count} roots instead of one.");

        return done.Pop();
    }

    private static GuardNode ReadNode(BinaryReader reader, Stack<GuardNode> done)
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
                ReadOperator(reader), OperandReader.Read(reader), OperandReader.Read(reader)),
            GuardTag.In => ReadIn(reader),
            GuardTag.StartsWith => ReadText(reader, TextMatch.StartsWith),
            GuardTag.EndsWith => ReadText(reader, TextMatch.EndsWith),
            GuardTag.TextContains => ReadText(reader, TextMatch.Contains),
            GuardTag.CompareIgnoringCase => TextCompareNode.Create(
                ReadOperator(reader), OperandReader.Read(reader), OperandReader.Read(reader)),
            GuardTag.StartsWithIgnoringCase => ReadText(reader, TextMatch.StartsWith, true),
            GuardTag.EndsWithIgnoringCase => ReadText(reader, TextMatch.EndsWith, true),
            GuardTag.TextContainsIgnoringCase => ReadText(reader, TextMatch.Contains, true),
            GuardTag.AnyItem => new AnyNode(OperandReader.ReadOfRecord(reader), item: null),
            GuardTag.AnyItemThat => new AnyNode(
                OperandReader.ReadOfRecord(reader), Take(done, 1)[0]),
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
    {
        var comparison = (GuardOperator)reader.ReadByte();
        return comparison <= GuardOperator.GreaterThanOrEqual
            ? comparison
            : throw new FormatException(
                $"There is no operator with the number {(byte)comparison}.");
    }

    private static InNode ReadIn(BinaryReader reader)
    {
        Operand operand = OperandReader.ReadOfRecord(reader);
        int count = ConstantCodec.ReadCount(reader, bytesEach: 1);
        GuardSize.RequireListItems(count);
        var values = new object?[count];
        for (int index = 0; index < count; index++)
            values[index] = ConstantCodec.Read(reader);

        return new InNode(operand, ImmutableArray.Create(values));
    }

    private static TextNode ReadText(
        BinaryReader reader, TextMatch match, bool ignoresCase = false)
        => new(
            match,
            OperandReader.ReadOfRecord(reader),
            ConstantCodec.ReadText(reader),
            ignoresCase);
}
