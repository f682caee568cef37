using System.Numerics;

namespace Memento.Keys;

/// <summary>
/// Every integer that fits into a long, in eight bytes whatever its width, so that a property can
/// be widened later without a change of any stored byte.
/// </summary>
internal sealed class IntegerKeyComponent<T> : KeyComponent<T>
    where T : struct, IBinaryInteger<T>
{
    public override void Write(ref KeyWriter writer, T value)
        => writer.WriteInt64(long.CreateTruncating(value));

    public override T Read(ref KeyReader reader)
    {
        long stored = reader.ReadInt64();
        T value = T.CreateTruncating(stored);
        if (long.CreateTruncating(value) != stored)
            throw KeyReader.Damaged($"the stored {stored} does not fit into {TypeName.Of<T>()}");

        return value;
    }
}
