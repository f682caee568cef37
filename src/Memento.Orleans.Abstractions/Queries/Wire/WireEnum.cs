using System.Runtime.CompilerServices;

namespace Memento.Queries;

/// <summary>
/// Reads the members of an enum that is sent as a byte: each of its members and no other number,
/// also for members that are added later.
/// </summary>
internal static class WireEnum
{
    /// <param name="reader">The bytes.</param>
    /// <param name="what">The name of a member's kind, for the error.</param>
    /// <exception cref="FormatException">The enum has no member with that number.</exception>
    public static T Read<T>(BinaryReader reader, string what)
        where T : struct, Enum
    {
        byte number = reader.ReadByte();
        T member = Unsafe.BitCast<byte, T>(number);
        return Enum.IsDefined(member)
            ? member
            : throw new FormatException($"There is no {what} with the number {number}.");
    }
}
