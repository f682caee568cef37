namespace Memento.Queries;

/// <summary>Writes a guard as bytes, children before their parents.</summary>
internal static class GuardWriter
{
    /// <summary>The first byte; raised when older readers would misread.</summary>
    public const byte Version = 1;

    public static byte[] Write(Guard guard)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
        {
            writer.Write(Version);
            Write(writer, guard.Root);
        }

        return stream.ToArray();
    }

    /// <summary>Writes the nodes of an inner guard; their length comes before them.</summary>
    private static byte[] Write(GuardNode node)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
            Write(writer, node);

        return stream.ToArray();
    }

    /// <summary>It is recursive. That is safe, because the depth is limited.</summary>
    private static void Write(BinaryWriter writer, GuardNode node)
    {
        switch (node)
        {
            case TruthNode truth:
                Write(writer, truth.Value ? GuardTag.True : GuardTag.False);
                break;
            case NotNode not:
                Write(writer, not.Child);
                Write(writer, GuardTag.Not);
                break;
            case JunctionNode junction:
                foreach (GuardNode child in junction.Children)
                    Write(writer, child);

                Write(writer, junction is AndNode ? GuardTag.And : GuardTag.Or);
                writer.Write7BitEncodedInt(junction.Children.Length);
                break;
            case CompareNode compare:
                Write(writer, GuardTag.Compare);
                writer.Write((byte)compare.Operator);
                Write(writer, compare.Left);
                Write(writer, compare.Right);
                break;
            case TextCompareNode compare:
                Write(writer, GuardTag.CompareIgnoringCase);
                writer.Write((byte)compare.Operator);
                Write(writer, compare.Left);
                Write(writer, compare.Right);
                break;
            case InNode list:
                Write(writer, GuardTag.In);
                Write(writer, list.Operand);
                writer.Write7BitEncodedInt(list.Values.Length);
                foreach (object? value in list.Values)
                    ConstantCodec.Write(writer, value);

                break;
            case TextNode match:
                Write(writer, TagOf(match));
                Write(writer, match.Operand);
                ConstantCodec.WriteText(writer, match.Pattern);
                break;
            case AnyNode any:
                if (any.Item is not null) Write(writer, any.Item);

                Write(writer, any.Item is null ? GuardTag.AnyItem : GuardTag.AnyItemThat);
                Write(writer, any.Operand);
                break;
            case HasKeyNode entry:
                Write(writer, GuardTag.HasKey);
                Write(writer, entry.Operand);
                ConstantCodec.WriteText(writer, entry.Key);
                break;
            default:
                throw new InvalidOperationException($"'{node.GetType()}' cannot be written.");
        }
    }

    private static GuardTag TagOf(TextNode text) => (text.Match, text.IgnoresCase) switch
    {
        (TextMatch.StartsWith, false) => GuardTag.StartsWith,
        (TextMatch.StartsWith, true) => GuardTag.StartsWithIgnoringCase,
        (TextMatch.EndsWith, false) => GuardTag.EndsWith,
        (TextMatch.EndsWith, true) => GuardTag.EndsWithIgnoringCase,
        (_, false) => GuardTag.TextContains,
        (_, true) => GuardTag.TextContainsIgnoringCase,
    };

    private static void Write(BinaryWriter writer, Operand operand)
    {
        switch (operand)
        {
            case PropertyOperand property:
                Write(writer, GuardTag.PropertyOperand);
                ConstantCodec.WriteText(writer, property.Name);
                break;
            case ConstantOperand constant:
                Write(writer, GuardTag.ConstantOperand);
                ConstantCodec.Write(writer, constant.Value);
                break;
            case ItemOperand:
                Write(writer, GuardTag.ItemOperand);
                break;
            case FunctionOperand function:
                Write(writer, GuardTag.FunctionOperand);
                writer.Write((byte)function.Function);
                Write(writer, function.Argument);
                break;
            case ArithmeticOperand arithmetic:
                Write(
                    writer,
                    arithmetic.IsChecked
                        ? GuardTag.CheckedArithmeticOperand
                        : GuardTag.ArithmeticOperand);
                writer.Write((byte)arithmetic.Operator);
                writer.Write((byte)arithmetic.Type);
                Write(writer, arithmetic.Left);
                Write(writer, arithmetic.Right);
                break;
            case CountOperand count:
                Write(writer, GuardTag.CountOperand);
                Write(writer, count.Collection);
                byte[] item = Write(count.Item);
                writer.Write7BitEncodedInt(item.Length);
                writer.Write(item);
                break;
            default:
                throw new InvalidOperationException($"'{operand.GetType()}' cannot be written.");
        }
    }

    private static void Write(BinaryWriter writer, GuardTag tag) => writer.Write((byte)tag);
}
