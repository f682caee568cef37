using System.Buffers.Binary;

namespace Memento.Keys;

/// <summary>The number of the day, in four bytes; it is never negative.</summary>
internal sealed class DateOnlyKeyComponent : KeyComponent<DateOnly>
{
    public override void Write(ref KeyWriter writer, DateOnly value)
        => BinaryPrimitives.WriteInt32BigEndian(writer.Reserve(sizeof(int)), value.DayNumber);

    public override DateOnly Read(ref KeyReader reader)
    {
        int day = BinaryPrimitives.ReadInt32BigEndian(reader.Read(sizeof(int)));
        if (day < 0 || day > DateOnly.MaxValue.DayNumber)
            throw KeyReader.Damaged($"day {day} is no date");

        return DateOnly.FromDayNumber(day);
    }
}
