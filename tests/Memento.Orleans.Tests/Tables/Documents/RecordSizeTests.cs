using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Memento.Tables;
using Memento.Tables.Documents;

namespace Memento.Tests.Tables.Documents;

/// <summary>
/// A record whose document exceeds the limit is refused when it is written, in ram tables too, for
/// every kind of property.
/// </summary>
public sealed class RecordSizeTests
{
    private const int Limit = DocumentFormat.MaxBytes;

    [Fact]
    public void Bytes_count()
    {
        var bytes = new byte[(Limit / 4 * 3) + 1];

        AssertRefused(bytes);
        AssertRefused<Memory<byte>>(bytes);
        AssertRefused<ReadOnlyMemory<byte>>(bytes);
        AssertRefused<Memory<byte>?>(bytes);
        AssertRefused<byte[][]>([bytes[..(bytes.Length / 2)], bytes[(bytes.Length / 2)..]]);
        AssertRefused<ReadOnlyMemory<byte>[]>([bytes.AsMemory(1), bytes.AsMemory(0, 1)]);
    }

    [Fact]
    public void Plain_values_count_in_every_collection()
    {
        AssertRefused(Many(int.MinValue, 12));
        AssertRefused(Many(long.MinValue, 21).ToList());
        AssertRefused<IReadOnlyList<double>>(Many(double.MinValue, 25));
        AssertRefused(new Queue<decimal>(Many(decimal.MinValue, 31)));
        AssertRefused(Many(Guid.Empty, 39).ToImmutableArray());
        AssertRefused(ImmutableQueue.CreateRange(Many(Guid.Empty, 39)));
        AssertRefused<IImmutableQueue<Guid>>(ImmutableQueue.CreateRange(Many(Guid.Empty, 39)));
        AssertRefused(Many<DateTime?>(DateTime.UnixEpoch, 23));
        AssertRefused(Many(DateTimeOffset.UnixEpoch.AddTicks(1), 36));
        AssertRefused(Many(TimeSpan.MinValue, 29));
        AssertRefused(
            Many(new Version(int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue), 46));
        AssertRefused(Many(ConsoleColor.DarkMagenta, 14));
        AssertRefused(Many(Rights.All, 6));
        AssertRefused(Many('\0', 9));
        AssertRefused(Enumerable.Range(0, Limit / 34)
            .ToDictionary(static number => int.MinValue + number, static _ => long.MinValue));
        AssertRefused<IReadOnlyDictionary<Guid, bool>>(Enumerable.Range(0, Limit / 45)
            .ToDictionary(static _ => Guid.NewGuid(), static _ => false));
    }

    [Fact]
    public void Items_without_a_count_count()
    {
        AssertRefused(
            Enumerable.Range(1_000_000_000, Limit / 11).Where(static number => number > 0));
        AssertRefused<IReadOnlyCollection<int>>(
            new Queue<int>(Enumerable.Range(1_000_000_000, (Limit / 11) + 1)));
    }

    [Fact]
    public void Items_without_an_end_are_refused()
        => AssertRefused(
            Forever(),
            "'Value' has more than 33,554,432 items, which is more than a record of 67,108,864 "
            + "bytes holds; keep them as records of their own");

    [Fact]
    public void Objects_count()
    {
        AssertRefused(Many(KeyValuePair.Create(int.MinValue, long.MinValue), 45));
        AssertRefused(Many(Tuple.Create(1, 2), 22).ToImmutableList());
        AssertRefused(Many(new Stay(Guid.Empty, Guid.Empty), 60).ToImmutableArray());
        AssertRefused(Many(new Open(), 20));
        AssertRefused(Many<Shape>(new Circle("", double.MinValue), 60));
        AssertRefused(Many(new Chain(), 32));
        AssertRefused(Many<Stay?>(null, 5));
        AssertRefused(Many<string?>(null, 5));
        AssertRefused(Many("\0\0\0", 21));
        AssertRefused(Many(new Uri("/" + new string('é', 100), UriKind.Relative), 204));
        AssertRefused(Many<int[]>([1, 2, 3, 4], 10));
    }

    [Theory]
    [MemberData(nameof(RecordTypeTests.KeptTypes), MemberType = typeof(RecordTypeTests))]
    public void A_document_is_no_longer_than_what_is_counted(string type)
        => HeldTypes.All[type].TryCounting();

    [Fact]
    public void The_longest_values_are_no_longer_than_what_is_counted()
    {
        AssertCounted<sbyte>(sbyte.MinValue, sbyte.MaxValue);
        AssertCounted<short>(short.MinValue, short.MaxValue);
        AssertCounted(int.MinValue, int.MaxValue);
        AssertCounted(long.MinValue, long.MaxValue);
        AssertCounted(byte.MaxValue);
        AssertCounted(ushort.MaxValue);
        AssertCounted(uint.MaxValue);
        AssertCounted(ulong.MaxValue);
        AssertCounted(Int128.MinValue, Int128.MaxValue);
        AssertCounted(UInt128.MaxValue);
        AssertCounted(Half.MinValue, Half.NegativeInfinity, -Half.Epsilon);
        AssertCounted(float.MinValue, float.NegativeInfinity, -1.17549435E-38f, -float.Epsilon);
        AssertCounted(
            double.MinValue, double.NegativeInfinity, -2.2250738585072014E-308, double.NaN);
        AssertCounted(decimal.MinValue, -7.9228162514264337593543950335m, -1e-28m);
        AssertCounted(true, false);
        AssertCounted('\0', '"', '\u2028', '\uFFFE');
        AssertCounted(Guid.Empty);
        AssertCounted(DateTime.MaxValue, new DateTime(1, DateTimeKind.Local));
        AssertCounted(
            DateTimeOffset.MaxValue,
            new DateTimeOffset(DateTime.MinValue.AddDays(1), new(-14, 0, 0)));
        AssertCounted(DateOnly.MaxValue);
        AssertCounted(TimeOnly.MaxValue);
        AssertCounted(TimeSpan.MinValue, TimeSpan.MaxValue);
        AssertCounted(new Version(int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue), null);
        AssertCounted("\0\0\0", "", null, "\u2028", "\U0010FFFF");
        AssertCounted(new Uri("/\u2028\0", UriKind.Relative), new Uri("file:///é é"), null);
        AssertCounted(Named.Other, Named.Last, (Named)int.MinValue);
        AssertCounted(Marked.One | Marked.Two, (Marked)ulong.MaxValue);
        AssertCounted(new Quoted { Number = int.MinValue }, null);
        AssertCounted<KeyValuePair<string, Quoted?>?>(new(null!, null), null);
    }

    /// <summary>
    /// As many items of so many bytes, their commas with them, that they are too many.
    /// </summary>
    private static T[] Many<T>(T item, int bytes)
    {
        var items = new T[(Limit / bytes) + 1];
        Array.Fill(items, item);
        return items;
    }

    private static IEnumerable<int> Forever()
    {
        while (true) yield return 0;
    }

    private static void AssertRefused<T>(T value, string reason = "it takes ")
    {
        TableDefinition table = TableDefinitionReader.Read(
            typeof(Holder<T>), new TableOptions { Name = "holder" });
        var exception = Assert.Throws<ArgumentException>(
            () => table.ValidateRecord(new Holder<T> { Id = 1, Value = value }));

        Assert.StartsWith(
            $"A record of table 'holder' cannot be stored as JSON: {reason}",
            exception.Message,
            StringComparison.Ordinal);
    }

    private static void AssertCounted<T>(params T[] values)
    {
        var lists = new Counting<Holder<T[]>>();
        var names = new Counting<Holder<Dictionary<string, T>>>();
        foreach (T value in values)
        {
            T[] same = new T[100];
            Array.Fill(same, value);
            Assert.True(
                lists.IsEnough(new Holder<T[]> { Id = int.MinValue, Value = same }), $"{value}");
            Assert.True(
                names.IsEnough(new Holder<Dictionary<string, T>>
                {
                    Id = int.MinValue,
                    Value = Enumerable.Range(0, 100).ToDictionary(
                        static number => new string('\0', number), _ => value),
                }),
                $"{value}");
        }
    }

    internal enum Named
    {
        First,
        [JsonStringEnumMemberName("the other one, which has a much longer name than what it is")]
        Other,
        Last,
    }

    [Flags]
    internal enum Marked : ulong
    {
        One = 1,
        Two = 2,
    }

    internal sealed class Quoted
    {
        [JsonPropertyName("a \"name\" \u2028")]
        public int Number { get; set; }
    }

    internal sealed record Stay(Guid From, Guid To);

    internal class Open
    {
        public int Number { get; set; } = int.MinValue;
    }
}
