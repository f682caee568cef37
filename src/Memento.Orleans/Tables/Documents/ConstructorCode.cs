using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;
using static Memento.Tables.Documents.MethodCode;

namespace Memento.Tables.Documents;

/// <summary>Reads what a constructor does with its arguments.</summary>
internal static class ConstructorCode
{
    /// <summary>
    /// Whether a constructor, and the constructor that it calls first, does no more than a
    /// constructor that the compiler makes for a record: it puts arguments into fields unchanged,
    /// and sets fields to values that do not depend on arguments. Any other constructor may throw,
    /// or change its arguments.
    /// </summary>
    public static bool OnlyStores(MethodBase constructor)
    {
        if (constructor.DeclaringType == typeof(object)) return true;

        IReadOnlyList<Instruction> code = Of(constructor);
        int start = 0;
        while (start < code.Count && code[start].Argument == 0)
        {
            int end = start + 1;
            while (end < code.Count && IsValue(code[end])) end++;
            if (end == code.Count || !IsPlainEnd(code[end], [.. code.Take(end).Skip(start + 1)]))
                return false;

            start = end + 1;
        }

        return start == code.Count - 1 && code[start].Operation == OpCodes.Ret;
    }

    /// <summary>
    /// The argument that a constructor, or the constructor that it calls first, puts into a field
    /// unchanged.
    /// </summary>
    public static int? ArgumentIn(MethodBase constructor, FieldInfo field)
    {
        IReadOnlyList<Instruction> code = Of(constructor);
        int[] stores = [.. PlacesOf(code, OpCodes.Stfld, each => each.Member is FieldInfo other
            && other.Module == field.Module && other.MetadataToken == field.MetadataToken)];
        if (stores is [>= 2 and var only] && code[only - 2].Argument == 0)
            return code[only - 1].Argument;
        if (stores.Length > 0
            || PlacesOf(code, OpCodes.Call, static each => each.Member is ConstructorInfo).ToArray()
                is not [var call])
            return null;

        var called = (ConstructorInfo)code[call].Member!;
        int count = called.GetParameters().Length;
        int first = call - count;
        return called.DeclaringType != typeof(object) && first >= 1
            && code.Skip(first).Take(count).All(static each => each.Argument is not null)
            && ArgumentIn(called, field) is >= 1 and var argument
                ? code[first + argument - 1].Argument
                : null;
    }

    private static IEnumerable<int> PlacesOf(
        IReadOnlyList<Instruction> code, OpCode operation, Func<Instruction, bool> condition)
        => Enumerable.Range(0, code.Count).Where(
            at => code[at].Operation == operation && condition(code[at]));

    /// <summary>
    /// Whether an instruction helps to make a value without reading this object. An argument whose
    /// address is taken could be changed, or called.
    /// </summary>
    private static bool IsValue(Instruction instruction)
        => instruction.Argument != 0
            && instruction.Operation != OpCodes.Ldarga && instruction.Operation != OpCodes.Ldarga_S
            && instruction.Operation != OpCodes.Starg && instruction.Operation != OpCodes.Starg_S
            && instruction.Operation != OpCodes.Stfld && !IsCallOfConstructor(instruction);

    /// <param name="end">The instruction that takes the values.</param>
    /// <param name="values">The instructions that make them.</param>
    private static bool IsPlainEnd(Instruction end, Instruction[] values)
    {
        bool hasArguments = Array.Exists(values, static each => each.Argument is not null);
        if (end.Operation == OpCodes.Stfld) return values.Length == 1 || !hasArguments;

        // As many instructions as parameters: each loads one, and none computes a value.
        return IsCallOfConstructor(end)
            && end.Member is ConstructorInfo called
            && (!hasArguments || values.Length == called.GetParameters().Length)
            && OnlyStores(called);
    }

    private static bool IsCallOfConstructor(Instruction instruction)
        => instruction.Operation == OpCodes.Call && instruction.Member is ConstructorInfo;
}

/// <summary>
/// Reads the instructions of methods, as far as needed to see in which field a property keeps its
/// value.
/// </summary>
internal static class MethodCode
{
    private const int TwoBytes = 0xFE;

    private static readonly FrozenDictionary<int, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToFrozenDictionary(static code => (int)(ushort)code.Value);

    /// <summary>The instructions in order; none if the code of the method cannot be read.</summary>
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

            // An instruction that does nothing is left out.
            if (operation != OpCodes.Nop) instructions.Add(Read(method, operation, operand));
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

    /// <param name="Operation">The operation.</param>
    /// <param name="Argument">The number of the argument that it loads, if any.</param>
    /// <param name="Member">The field or method that it names, if any.</param>
    internal readonly record struct Instruction(
        OpCode Operation, int? Argument, MemberInfo? Member);
}
