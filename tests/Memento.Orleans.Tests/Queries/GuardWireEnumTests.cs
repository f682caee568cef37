using Memento.Queries;

namespace Memento.Tests.Queries;

/// <summary>
/// Each enum in a guard's bytes: every member survives the way, and every other number is refused.
/// A member that is added is covered without a change here.
/// </summary>
public sealed class GuardWireEnumTests
{
    private const byte Zero = 0;

    private static readonly byte[] Property = [(byte)GuardTag.PropertyOperand, 1, (byte)'A', Zero];
    private static readonly byte[] Null = [(byte)GuardTag.ConstantOperand, (byte)ConstantTag.Null];

    [Fact]
    public void Every_operator_travels_and_no_other_number()
        => CheckAll<GuardOperator>(
            static member => CompareNode.Create(member, new PropertyOperand("A"), One()),
            static number => [(byte)GuardTag.Compare, number, .. Property, .. Null],
            "There is no operator with the number");

    [Fact]
    public void Every_function_travels_and_no_other_number()
        => CheckAll<GuardFunction>(
            static member => Equal(new FunctionOperand(member, new PropertyOperand("A"))),
            static number =>
            [
                (byte)GuardTag.Compare, Zero, (byte)GuardTag.FunctionOperand, number, .. Property,
                .. Null,
            ],
            "There is no function with the number");

    [Fact]
    public void Every_calculation_travels_and_no_other_number()
        => CheckAll<ArithmeticOperator>(
            static member => Equal(Calculation(member, NumberType.Int32)),
            static number =>
            [
                (byte)GuardTag.Compare, Zero, (byte)GuardTag.ArithmeticOperand, number, Zero,
                .. Property, .. Property, .. Null,
            ],
            "There is no calculation with the number");

    [Fact]
    public void Every_type_of_numbers_travels_and_no_other_number()
        => CheckAll<NumberType>(
            static member => Equal(Calculation(ArithmeticOperator.Add, member)),
            static number =>
            [
                (byte)GuardTag.Compare, Zero, (byte)GuardTag.ArithmeticOperand, Zero, number,
                .. Property, .. Property, .. Null,
            ],
            "There is no type of numbers with the number");

    [Fact]
    public void Every_number_that_is_no_node_is_refused_as_one()
        => CheckNumbers<GuardTag>(
            static number => [number],
            "There is no node with the number",
            static tag => tag < GuardTag.PropertyOperand);

    [Fact]
    public void Every_number_that_is_no_operand_is_refused_as_one()
        => CheckNumbers<GuardTag>(
            static number => [(byte)GuardTag.Compare, Zero, number],
            "There is no operand with the number",
            static tag => tag >= GuardTag.PropertyOperand);

    [Fact]
    public void Every_number_that_is_no_type_of_value_is_refused_as_one()
        => CheckNumbers<ConstantTag>(
            static number =>
                [(byte)GuardTag.Compare, Zero, (byte)GuardTag.ConstantOperand, number],
            "There is no type of value with the number",
            static _ => true);

    private static void CheckAll<T>(
        Func<T, GuardNode> make, Func<byte, byte[]> write, string refusal)
        where T : struct, Enum
    {
        Assert.All(Enum.GetValues<T>(), member =>
        {
            var sent = new Guard(make(member));
            Assert.Equal(sent.ToString(), GuardReader.Read(GuardWriter.Write(sent)).ToString());
        });
        CheckNumbers<T>(write, refusal, static _ => true);
    }

    /// <summary>
    /// A number that is taken may be followed by bytes that are not what it needs, which is another
    /// error.
    /// </summary>
    private static void CheckNumbers<T>(
        Func<byte, byte[]> write, string refusal, Func<T, bool> isTaken)
        where T : struct, Enum
    {
        for (int number = 0; number <= byte.MaxValue; number++)
        {
            string? error = ErrorOf([GuardWriter.Version, .. write((byte)number)]);
            var member = (T)Enum.ToObject(typeof(T), number);
            if (Enum.IsDefined(member) && isTaken(member))
                Assert.DoesNotContain(refusal, error ?? "", StringComparison.Ordinal);
            else
                Assert.Contains($"{refusal} {number}.", error, StringComparison.Ordinal);
        }
    }

    private static string? ErrorOf(byte[] bytes)
    {
        try
        {
            GuardReader.Read(bytes);
            return null;
        }
        catch (MementoException exception)
        {
            return exception.Message;
        }
    }

    private static CompareNode Equal(Operand operand)
        => CompareNode.Create(GuardOperator.Equal, operand, One());

    private static ConstantOperand One() => new(1);

    private static ArithmeticOperand Calculation(ArithmeticOperator operation, NumberType type)
        => new(operation, type, isChecked: false, new PropertyOperand("A"), One());
}
