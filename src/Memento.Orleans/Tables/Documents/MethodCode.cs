using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;

namespace Memento.Tables.Documents;

/// <summary>
/// The instructions of methods, as far as it takes to see which field a property keeps its value in.
/// </summary>
internal static class MethodCode
{
    private const int TwoBytes = 0xFE;

    private static readonly FrozenDictionary<int, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToFrozenDictionary(static code => (int)(ushort)code.Value);

    /// <summary>The instructions in order; none where the method has no code to be read.</summary>
    public static IReadOnlyList<Instruction> Of(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var instructions = new List<Instruction>();
        for (int at = 0; at < code.Length;)
        {
            int value = code[at++];
            if (value == TwoBytes) value = (value << 8) | code[at++];
            OpCode operation = Codes[value];
            ReadOnlySpan<byte> operand = code.AsSpan(at, SizeOf(operation, code, at));
            at += operand.Length;

            // What does nothing says nothing.
            if (operation != OpCodes.Nop)
                instructions.Add(Read(method, operation, operand));
        }

        return instructions;
    }

    private static Instruction Read(
        MethodBase method, OpCode operation, ReadOnlySpan<byte> operand)
    {
        MemberInfo? member = operation.OperandType is OperandType.InlineField
            or OperandType.InlineMethod
                ? Resolve(method, BinaryPrimitives.ReadInt32LittleEndian(operand))
                : null;
        return new Instruction(operation, ArgumentOf(operation, operand), member);
    }

    private static MemberInfo? Resolve(MethodBase method, int token)
        => method.Module.ResolveMember(
            token,
            method.DeclaringType?.GetGenericArguments(),
            method.IsGenericMethod ? method.GetGenericArguments() : null);

    /// <summary>The number of the argument that the instruction loads; this is 0.</summary>
    private static int? ArgumentOf(OpCode operation, ReadOnlySpan<byte> operand)
    {
        if (operation == OpCodes.Ldarg_S) return operand[0];
        if (operation == OpCodes.Ldarg) return BinaryPrimitives.ReadUInt16LittleEndian(operand);

        int shortForm = operation.Value - OpCodes.Ldarg_0.Value;
        return shortForm is >= 0 and <= 3 ? shortForm : null;
    }

    private static int SizeOf(OpCode operation, byte[] code, int at) => operation.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI
            or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch =>
            4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at))),
        _ => 4,
    };

    /// <param name="Operation">What it does.</param>
    /// <param name="Argument">The argument that it loads, if it loads one.</param>
    /// <param name="Member">The field or method that it names, if it names one.</param>
    internal readonly record struct Instruction(
        OpCode Operation, int? Argument, MemberInfo? Member);
}
