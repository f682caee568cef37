namespace Memento.Queries;

/// <summary>
/// The type of a value in a guard's bytes. The numbers travel: they never change.
/// </summary>
internal enum ConstantTag : byte
{
    Null = 0,
    Boolean = 1,
    Char = 2,
    SByte = 3,
    Byte = 4,
    Int16 = 5,
    UInt16 = 6,
    Int32 = 7,
    UInt32 = 8,
    Int64 = 9,
    UInt64 = 10,
    Single = 11,
    Double = 12,
    Decimal = 13,
    String = 14,
    Guid = 15,
    DateTime = 16,
    DateTimeOffset = 17,
    DateOnly = 18,
    TimeOnly = 19,
    TimeSpan = 20,
    Enum = 21,
}
