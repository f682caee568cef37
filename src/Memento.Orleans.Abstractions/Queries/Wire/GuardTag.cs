namespace Memento.Queries;

/// <summary>
/// The kind of the next part in the bytes of a guard. The numbers are sent, so they never change.
/// </summary>
internal enum GuardTag : byte
{
    False = 0,
    True = 1,
    Not = 2,
    And = 3,
    Or = 4,
    Compare = 5,
    In = 6,
    StartsWith = 7,
    EndsWith = 8,
    TextContains = 9,
    AnyItem = 10,
    AnyItemThat = 11,
    CompareIgnoringCase = 12,
    StartsWithIgnoringCase = 13,
    EndsWithIgnoringCase = 14,
    TextContainsIgnoringCase = 15,
    HasKey = 16,

    PropertyOperand = 32,
    ConstantOperand = 33,
    ItemOperand = 34,
    FunctionOperand = 35,
    ArithmeticOperand = 36,
    CheckedArithmeticOperand = 37,
    CountOperand = 38,
}
