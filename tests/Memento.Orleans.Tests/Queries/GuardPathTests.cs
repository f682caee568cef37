using System.Globalization;
using Memento.Queries;
using Memento.Queries.Evaluation;

namespace Memento.Tests.Queries;

public sealed class GuardPathTests
{
    [Theory]
    [InlineData("A", "A")]
    [InlineData("A.B.C", "A|B|C")]
    [InlineData("A[\"k\"]", "A|[k]")]
    [InlineData("A[\"k\"].B[\"\"][\"x.y\"].C", "A|[k]|B|[]|[x.y]|C")]
    [InlineData("A[\"\\\\\\\"\"]", "A|[\\\"]")]
    [InlineData("A.", "A|")]
    public void A_path_is_names_and_keys(string path, string steps)
        => Assert.Equal(steps, string.Join('|', GuardPath.Parse(path).Select(
            step => step.IsKey ? $"[{step.Text}]" : step.Text)));

    [Theory]
    [InlineData("A[")]
    [InlineData("A[k]")]
    [InlineData("A[\"k")]
    [InlineData("A[\"k\"")]
    [InlineData("A[\"k\\\"]")]
    [InlineData("A[\"k\"]B")]
    [InlineData("A[\"k\\")]
    public void What_is_no_path_is_refused(string path)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => GuardValidator.Validate(Samples.Table, Guard.Equal(path, 1)));
        Assert.Contains($"'{path}' is no path", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_text_is_a_key_and_nothing_else()
    {
        string[] keys =
            ["", "a", "]", "\"", "\\", "\"]", "\\\"]", "a\"].B[\"c", ".", "\ud800", "[\""];
        Assert.All(keys, key => Assert.Equal(
            [new GuardPathStep("Meta", false), new GuardPathStep(key, true)],
            GuardPath.Parse(Guard.Entry("Meta", key))));
    }

    [Fact]
    public void A_key_of_every_type_is_read_as_it_was_written()
    {
        object[] keys =
        [
            "a",
            'x', '\ud800', true, (sbyte)-3, byte.MaxValue, short.MinValue, (ushort)7, -70000,
            70000u,
            long.MinValue, ulong.MaxValue, 1.5f, double.Epsilon, 1.50m, Genre.Crime, (Genre)(-7),
            Rating.Best, Guid.NewGuid(), new DateTime(123456789), DateTime.MaxValue,
            new DateTimeOffset(2020, 5, 17, 1, 2, 3, 4, TimeSpan.FromMinutes(-570)),
            DateOnly.MaxValue, TimeOnly.MaxValue, TimeSpan.MinValue,
        ];
        CultureInfo before = CultureInfo.CurrentCulture;
        var odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        odd.NumberFormat.NegativeSign = "~";
        odd.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = odd;
        try
        {
            Assert.All(keys, key => Assert.Equal(
                key, DictionaryKey.TryRead(key.GetType(), GuardPath.KeyText(key))));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_key_of_another_type_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => Guard.Entry("Meta", new Address()));
        Assert.Contains("cannot hold a key of type", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => Guard.Entry("Meta", null!));
        Assert.Throws<ArgumentException>(() => Guard.Entry("", "a"));
    }
}
