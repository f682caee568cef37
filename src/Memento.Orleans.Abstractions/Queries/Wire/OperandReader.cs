namespace Memento.Queries;

/// <summary>Reads the values in a guard's bytes, no deeper than a guard may be.</summary>
internal static class OperandReader
{
    /// <summary>Reads a value that is not the same for every record.</summary>
    public static Operand ReadOfRecord(BinaryReader reader, int depth)
    {
        Operand operand = Read(reader, depth);
        return operand is not ConstantOperand
            ? operand
            : throw new FormatException("A constant stands where a property must.");
    }

    /// <summary>Recursive, which the depth makes safe: it is checked on the way down.</summary>
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
                ReadFunction(reader), ReadOfRecord(reader, depth + 1)),
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
        var arithmetic = (ArithmeticOperator)reader.ReadByte();
        if (arithmetic > ArithmeticOperator.ExclusiveOr)
            throw new FormatException(
                $"There is no calculation with the number {(byte)arithmetic}.");

        var type = (NumberType)reader.ReadByte();
        if (type > NumberType.Decimal)
            throw new FormatException($"There is no type of number {(byte)type}.");

        Operand left = Read(reader, depth);
        return new ArithmeticOperand(arithmetic, type, isChecked, left, Read(reader, depth));
    }

    private static GuardFunction ReadFunction(BinaryReader reader)
    {
        var function = (GuardFunction)reader.ReadByte();
        return function <= GuardFunction.Date
            ? function
            : throw new FormatException($"There is no function with the number {(byte)function}.");
    }
}
