using CsCheck;
using Memento.Keys;

namespace Memento.Tests.Keys;

/// <summary>The rules for the encoding of every kind of key.</summary>
internal static class KeyOrder
{
    private const int Iterations = 20_000;

    /// <summary>Checks pairs of random values, also pairs of neighbours.</summary>
    /// <param name="values">Makes the values; some of them should come often.</param>
    /// <param name="compare">The order; default is that of <see cref="IComparable{T}"/>.</param>
    /// <param name="decoded">The value after decoding; by default the value itself.</param>
    public static void Check<T>(
        Gen<T> values, Comparison<T>? compare = null, Func<T, T>? decoded = null)
        where T : notnull
    {
        compare ??= Comparer<T>.Default.Compare;
        decoded ??= value => value;
        SingleKeyCodec<T> codec = CodecOf<T>();
        Gen.Select(values, values).Sample(
            (left, right) =>
            {
                byte[] first = codec.Encode(left).Bytes;
                byte[] second = codec.Encode(right).Bytes;
                int expected = Math.Sign(compare(left, right));
                Assert.Equal(expected, Math.Sign(first.AsSpan().SequenceCompareTo(second)));
                Assert.True(expected == 0 || !first.AsSpan().StartsWith(second));
                Assert.True(expected == 0 || !second.AsSpan().StartsWith(first));
                Assert.Equal(decoded(left), codec.DecodeValue(first));
                Assert.Equal((object)decoded(right), codec.Decode(second));
                Assert.Equal(first, codec.EncodeArgument(left).Bytes);
            },
            iter: Iterations);
    }

    public static SingleKeyCodec<T> CodecOf<T>()
        where T : notnull
        => Assert.IsType<SingleKeyCodec<T>>(KeyCodec.Create("Movie", Part<T>("Id")));

    public static KeyPart Part<T>(string name)
    {
        Assert.True(KeyComponents.TryGet(typeof(T), out KeyComponent? component));
        return new KeyPart(name, typeof(T), component);
    }

    public static byte[] Encode<T>(T value)
        where T : notnull
        => CodecOf<T>().Encode(value).Bytes;
}
