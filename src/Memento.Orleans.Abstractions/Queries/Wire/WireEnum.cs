using System.Runtime.CompilerServices;

namespace Memento.Queries;

/// <summary>
/// Reads the members of an enum that travels as a byte: each of them and nothing else, whatever
/// members are added.
/// </summary>
internal static class WireEnum
{
    /// <param name="reader">What is read.</param>
    /// <param name="what">What a member is, for the error.</param>
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
