using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Memento.Tables.Documents;

/// <summary>
/// The most bytes that values take in a document. A number that is too high costs only the time to
/// measure a large record. A number that is too low would accept a record that fits into no
/// message.
/// </summary>
internal static class DocumentBytes
{
    /// <summary>A value that is missing.</summary>
    public const int Null = 4;

    /// <summary>The brackets of a list or an object, or the quotes of a text.</summary>
    public const int Ends = 2;

    /// <summary>The comma behind an item.</summary>
    public const int Comma = 1;

    /// <summary>The colon behind a name.</summary>
    public const int Colon = 1;

    /// <summary>The longest integer of 64 bits.</summary>
    public const int Number = 20;

    /// <summary>A character of a text may be escaped, as <c>\u0000</c>.</summary>
    private const int Character = 6;

    private static readonly FrozenDictionary<Type, int> Fixed = new Dictionary<Type, int>
    {
        [typeof(bool)] = "false".Length,
        [typeof(byte)] = "255".Length,
        [typeof(sbyte)] = "-128".Length,
        [typeof(short)] = "-32768".Length,
        [typeof(ushort)] = "65535".Length,
        [typeof(int)] = "-2147483648".Length,
        [typeof(uint)] = "4294967295".Length,
        [typeof(long)] = Number,
        [typeof(ulong)] = Number,
        [typeof(Int128)] = "-170141183460469231731687303715884105728".Length,
        [typeof(UInt128)] = "340282366920938463463374607431768211455".Length,
        [typeof(Half)] = "\"-Infinity\"".Length,
        [typeof(float)] = "-1.17549435E-38".Length,
        [typeof(double)] = "-2.2250738585072014E-308".Length,
        [typeof(decimal)] = "-7.9228162514264337593543950335".Length,
        [typeof(char)] = Character + Ends,
        [typeof(Guid)] = "00000000-0000-0000-0000-000000000000".Length + Ends,
        [typeof(DateTime)] = "9999-12-31T23:59:59.9999999+14:00".Length + Ends,
        [typeof(DateTimeOffset)] = "9999-12-31T23:59:59.9999999+14:00".Length + Ends,
        [typeof(DateOnly)] = "9999-12-31".Length + Ends,
        [typeof(TimeOnly)] = "23:59:59.9999999".Length + Ends,
        [typeof(TimeSpan)] = "-10675199.02:48:05.4775808".Length + Ends,
        [typeof(Version)] = "2147483647.2147483647.2147483647.2147483647".Length + Ends,
    }.ToFrozenDictionary();

    /// <summary>
    /// The most bytes of any value of a type without parts; null: no limit is known.
    /// </summary>
    public static long? OfAny(Type type)
        => type.IsEnum ? OfEnum(type) : Fixed.TryGetValue(type, out int bytes) ? bytes : null;

    /// <summary>The most bytes of a text of that many characters.</summary>
    public static long OfText(int length) => ((long)length * Character) + Ends;

    /// <summary>
    /// The most bytes of that many bytes, which a document has as a text in base 64.
    /// </summary>
    public static long OfBytes(int length) => (((long)length + 2) / 3 * 4) + Ends;

    /// <summary>The most bytes of a name, with the characters around it and its value.</summary>
    public static long OfName(string name)
        => Encoding.UTF8.GetByteCount(DocumentFormat.Options.Encoder!.Encode(name))
            + Ends + Colon + Comma;

    /// <summary>The most bytes that name the derived type of an object.</summary>
    public static long OfDiscriminator(JsonPolymorphismOptions? options)
        => options is null
            ? 0
            : OfName(options.TypeDiscriminatorPropertyName) + options.DerivedTypes
                .Select(static type =>
                    type.TypeDiscriminator is string name ? OfText(name.Length) : Number)
                .Append(0).Max();

    /// <summary>A combination of flags may have all of the names.</summary>
    private static long OfEnum(Type type)
    {
        long[] names =
        [
            .. type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(static field
                    => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
                        ?? field.Name)
                .Select(static name => OfText(name.Length)),
        ];
        long longest = type.IsDefined(typeof(FlagsAttribute), inherit: false)
            ? names.Sum()
            : names.Append(0).Max();
        return Math.Max(Number, longest);
    }
}
