using System.Text;
using CsCheck;
using Memento.Tables.Documents;

namespace Memento.Tests.Tables.Documents;

public sealed class DocumentSerializerTests
{
    private static readonly DocumentSerializer<Movie> Movies = new("Movie");
    private static readonly DocumentSerializer<Everything> Everythings = new("Everything");

    [Fact]
    public void A_document_has_the_names_of_the_program_and_writes_nulls()
        => AssertDocument(
            """{"Id":1,"Title":"Amélie \u003C3","Director":null,"Year":2001}"""
                .Replace("\\u003C", "<", StringComparison.Ordinal),
            Movies.Serialize(new Movie { Id = 1, Title = "Amélie <3", Year = 2001 }));

    [Fact]
    public void An_enum_is_its_name_and_a_number_without_a_name_is_a_number()
    {
        AssertContains("\"Day\":\"Friday\"", new Everything { Day = DayOfWeek.Friday });
        AssertContains("\"Day\":9", new Everything { Day = (DayOfWeek)9 });
        Assert.Equal((DayOfWeek)9, RoundTrip(new Everything { Day = (DayOfWeek)9 }).Day);
    }

    [Fact]
    public void Every_double_comes_back()
        => Gen.Double.Sample(number =>
        {
            double back = RoundTrip(new Everything { Double = number }).Double;
            return BitConverter.DoubleToInt64Bits(back) == BitConverter.DoubleToInt64Bits(number)
                || (double.IsNaN(number) && double.IsNaN(back));
        });

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(-0.0)]
    public void The_other_doubles_come_back_too(double number)
        => Assert.Equal(
            BitConverter.DoubleToInt64Bits(number),
            BitConverter.DoubleToInt64Bits(RoundTrip(new Everything { Double = number }).Double));

    [Fact]
    public void Every_record_comes_back()
    {
        Gen<Everything> records =
            from text in Gen.String
            from number in Gen.Decimal
            from time in Gen.DateTimeOffset
            from id in Gen.Guid
            from bytes in Gen.Byte.Array
            from letter in Gen.Char
            where Rune.TryCreate(letter, out _) && IsText(text)
            select new Everything
            {
                Text = text,
                Number = number,
                Time = time,
                Guid = id,
                Bytes = bytes,
                Letter = letter,
                Names = new Dictionary<string, char> { [text] = letter },
            };

        records.Sample(record =>
        {
            Everything back = RoundTrip(record);
            return back.Text == record.Text && back.Number == record.Number
                && back.Time == record.Time && back.Guid == record.Guid
                && back.Bytes.AsSpan().SequenceEqual(record.Bytes) && back.Letter == record.Letter
                && back.Names.SequenceEqual(record.Names);
        });
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_and_not_replaced()
    {
        AssertRefused("\uD800", 0);
        AssertRefused("ab\uDC00c", 2);
        AssertRefused("\uD83D\uDE00\uD83D", 2);
        AssertRefused("\uD83D\uD83D\uDE00", 0);

        static void AssertRefused(string text, int index)
        {
            var exception = Assert.Throws<ArgumentException>(
                () => Everythings.Serialize(new Everything { Text = text }));

            Assert.StartsWith(
                "A record of table 'Everything' cannot be stored as JSON: 'Text' has half of a "
                + $"surrogate pair (U+{(int)text[index]:X4}) at index {index}, which UTF-8 cannot "
                + "hold; remove it, or keep the text as byte[]",
                exception.Message,
                StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => Everythings.Serialize(
                new Everything { Names = new Dictionary<string, char> { [text] = 'x' } }));
            Assert.Throws<ArgumentException>(() => Everythings.Serialize(
                new Everything { Letter = text[index] }));
        }
    }

    [Fact]
    public void Whole_surrogate_pairs_and_zeros_come_back()
        => Assert.Equal("a😀\0\uFFFD", RoundTrip(new Everything { Text = "a😀\0\uFFFD" }).Text);

    [Fact]
    public void A_cycle_is_refused()
    {
        var serializer = new DocumentSerializer<Link>("Link");
        var link = new Link { Id = 1 };
        link.Next = link;

        var exception = Assert.Throws<ArgumentException>(() => serializer.Serialize(link));

        Assert.Contains("cycle", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_takes_as_many_bytes_as_the_limit_says()
    {
        int rest = Movies.Serialize(new Movie { Id = 1, Title = "" }).Length;
        var most = new Movie { Id = 1, Title = new string('x', DocumentFormat.MaxBytes - rest) };
        Movies.Check(most);

        var exception = Assert.Throws<ArgumentException>(
            () => Movies.Check(most with { Title = most.Title + "x" }));

        Assert.StartsWith(
            "A record of table 'Movie' cannot be stored as JSON: it takes 67,108,865 bytes, and "
            + "may take 67,108,864; keep its parts as records of their own.",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_from_before_a_required_property_stays_readable()
    {
        Movie movie = Movies.Deserialize("""{"Id":3,"Genre":"Drama"}"""u8);

        Assert.Equal(3, movie.Id);
        Assert.Null(movie.Title);
    }

    private static bool IsText(string text)
        => text.EnumerateRunes().Sum(rune => rune.Utf16SequenceLength) == text.Length
            && !text.Contains('\uFFFD', StringComparison.Ordinal);

    private static Everything RoundTrip(Everything record)
        => Everythings.Deserialize(Everythings.Serialize(record));

    private static void AssertContains(string part, Everything record)
        => Assert.Contains(
            part, Encoding.UTF8.GetString(Everythings.Serialize(record)), StringComparison.Ordinal);

    private static void AssertDocument(string expected, byte[] document)
        => Assert.Equal(expected, Encoding.UTF8.GetString(document));

    internal sealed class Everything
    {
        public int Id { get; set; }

        public string Text { get; set; } = "";

        public double Double { get; set; }

        public decimal Number { get; set; }

        public DateTimeOffset Time { get; set; }

        public Guid Guid { get; set; }

        public byte[] Bytes { get; set; } = [];

        public char Letter { get; set; }

        public DayOfWeek Day { get; set; }

        public Dictionary<string, char> Names { get; set; } = [];
    }

    internal sealed class Link
    {
        public int Id { get; set; }

        public Link? Next { get; set; }
    }
}
