using System.Reflection;
using System.Reflection.Emit;
using static Memento.Tables.Documents.MethodCode;

namespace Memento.Tables.Documents;

/// <summary>What a constructor does with what it is given.</summary>
internal static class ConstructorCode
{
    /// <summary>
    /// Whether a constructor, and the one that it calls first, does no more than one that the
    /// compiler makes of a record: it puts arguments into fields as they are, and sets fields to what
    /// does not depend on arguments. No other can be told never to throw, or to change what it
    /// was given.
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
    /// The argument that a constructor, or the one that it calls first, puts into a field as it is.
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
    /// Whether an instruction takes part in making a value without looking at this object. An
    /// argument whose address is taken could be changed, or called.
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

        // As many instructions as parameters: each loads one, and none computes any.
        return IsCallOfConstructor(end)
            && end.Member is ConstructorInfo called
            && (!hasArguments || values.Length == called.GetParameters().Length)
            && OnlyStores(called);
    }

    private static bool IsCallOfConstructor(Instruction instruction)
        => instruction.Operation == OpCodes.Call && instruction.Member is ConstructorInfo;
}
