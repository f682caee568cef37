namespace Memento.Queries;

/// <summary>What follows in a guard's bytes. The numbers travel: they never change.</summary>
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

    PropertyOperand = 32,
    ConstantOperand = 33,
}
