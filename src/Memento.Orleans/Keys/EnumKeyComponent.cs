using System.Runtime.CompilerServices;

namespace Memento.Keys;

/// <summary>An enum as its integer; values without a name are values like others.</summary>
internal sealed class EnumKeyComponent<TEnum, TInteger>(KeyComponent<TInteger> integer)
    : KeyComponent<TEnum>
    where TEnum : struct, Enum
    where TInteger : struct
{
    public override void Write(ref KeyWriter writer, TEnum value)
        => integer.Write(ref writer, Unsafe.BitCast<TEnum, TInteger>(value));

    public override TEnum Read(ref KeyReader reader)
        => Unsafe.BitCast<TInteger, TEnum>(integer.Read(ref reader));
}
