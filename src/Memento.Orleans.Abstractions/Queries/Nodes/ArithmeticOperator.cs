namespace Memento.Queries;

/// <summary>A calculation with two numbers. The numbers travel: they never change.</summary>
internal enum ArithmeticOperator : byte
{
    Add = 0,
    Subtract = 1,
    Multiply = 2,
    Divide = 3,
    Remainder = 4,
    And = 5,
    Or = 6,
    ExclusiveOr = 7,
}
