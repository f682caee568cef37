namespace Memento.Queries;

/// <summary>
/// The types in which C# calculates; smaller integers are promoted to one of them. The numbers
/// travel: they never change.
/// </summary>
internal enum NumberType : byte
{
    Int32 = 0,
    UInt32 = 1,
    Int64 = 2,
    UInt64 = 3,
    Single = 4,
    Double = 5,
    Decimal = 6,
}
