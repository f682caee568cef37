namespace Memento.Queries;

/// <summary>A comparison. The numbers travel: they never change.</summary>
internal enum GuardOperator : byte
{
    Equal = 0,
    NotEqual = 1,
    LessThan = 2,
    LessThanOrEqual = 3,
    GreaterThan = 4,
    GreaterThanOrEqual = 5,
}
