using Memento.Queries;
using Memento.Queries.Evaluation;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Memento.Tests.Queries;

public sealed class GuardWireTests
{
    private static readonly Serializer Serializer = new ServiceCollection()
        .AddSerializer()
        .BuildServiceProvider()
        .GetRequiredService<Serializer>();

    public static TheoryData<object?> Values => new((object?[])
    [
        null, true, 'x', '\ud800', (sbyte)-3, (byte)3, (short)-300, (ushort)300, -70000, 70000u,
        long.MinValue, ulong.MaxValue, 1.5f, double.NaN, 1.00m, "", "lone \ud800 and \0",
        Guid.NewGuid(),
        new DateTime(123456789, DateTimeKind.Unspecified), new DateTime(1, DateTimeKind.Utc),
        new DateTimeOffset(2020, 5, 17, 1, 2, 3, TimeSpan.FromMinutes(-570)), DateOnly.MaxValue,
        TimeOnly.MaxValue, TimeSpan.MinValue, Genre.Crime, Rating.Best,
    ]);

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public void A_value_of_every_type_survives_the_way(object? value)
    {
        Guard sent = Guard.And(Guard.Equal("A", value), Guard.In("B", new[] { value, value }));
        Guard received = Travel(sent);

        Assert.Equal(sent.ToString(), received.ToString());
        Assert.Equal(ConstantOf(sent), ConstantOf(received));
        Assert.Equal(ConstantOf(sent)?.GetType(), ConstantOf(received)?.GetType());
    }

    [Fact]
    public void A_guard_of_every_kind_survives_the_way()
    {
        Guard sent = Guard.Or(
            Guard.And(Guard.Not(Guard.StartsWith("Text", "a")), Guard.LessThan("Int", 3)),
            Guard.Compare(
                GuardOperator.GreaterThanOrEqual,
                new PropertyOperand("Int"),
                new PropertyOperand("Long")),
            Guard.And(Guard.False, Guard.IsNotNull("Text")),
            Guard.In("Int", Array.Empty<int>()),
            Guard.EndsWith("Text", "b"),
            Guard.Contains("Text", "c"),
            Guard.Equal("Text", "d", StringComparison.OrdinalIgnoreCase),
            Guard.StartsWith("Text", "e", StringComparison.OrdinalIgnoreCase),
            Guard.EndsWith("Text", "f", StringComparison.OrdinalIgnoreCase),
            Guard.Contains("Text", "g", StringComparison.OrdinalIgnoreCase),
            Samples.Translate(
                m => string.Compare(m.Text, m.Title, StringComparison.OrdinalIgnoreCase) < 0),
            Guard.HasItem("Tags", "d"),
            Guard.HasKey("Meta", "k"),
            Guard.Equal(Guard.Entry("Stock", 5), 7),
            Guard.CountBetween(
                "Tags", 1, 2, Guard.Any("A", Guard.CountBetween("B", 3, 4, Guard.True))),
            Samples.Translate(m => m.Tags!.Count(item => item == "a") * 2 > m.Tags!.Count(
                item => item.Length > 1 || item == "b")),
            Samples.Translate(m => m.Tags!.Any() || m.Offices!.Any(office => !office.IsHome)),
            Samples.Translate(m => checked(m.Int + 1) > m.Home!.Number % 7),
            Samples.Translate(m => m.Time.Year == 2020 || m.Text!.ToUpperInvariant().Length > 2));

        Assert.Equal(sent.ToString(), Travel(sent).ToString());
        Assert.Equal("true", Travel(Guard.True).ToString());
        Assert.Equal(
            Guard.MaxDepth, Travel(GuardTests.Alternating(Guard.MaxDepth)).Root.Size.Depth);
    }

    [Fact]
    public void A_guard_in_a_field_that_is_null_survives_the_way()
        => Assert.Null(Serializer.Deserialize<Guard?>(Serializer.SerializeToArray<Guard?>(null)));

    [Fact]
    public void A_guard_is_not_copied_inside_a_process()
    {
        DeepCopier copier = new ServiceCollection()
            .AddSerializer()
            .BuildServiceProvider()
            .GetRequiredService<DeepCopier>();
        Guard guard = Guard.Equal("A", 1);

        Assert.Same(guard, copier.Copy(guard));
    }

    [Fact]
    public void A_million_nodes_are_refused_as_they_are_read()
    {
        byte[] trues = new byte[1_000_000];
        Array.Fill(trues, (byte)GuardTag.True);
        trues[0] = GuardWriter.Version;

        Assert.Contains("10000 comparisons", Refused(trues), StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_nested_deeper_than_the_limit_are_refused()
    {
        byte[] nots = new byte[Guard.MaxDepth + 2];
        Array.Fill(nots, (byte)GuardTag.Not);
        nots[0] = GuardWriter.Version;
        nots[1] = (byte)GuardTag.True;

        Assert.Contains("100 levels", Refused(nots), StringComparison.Ordinal);
        Assert.Equal(Guard.MaxDepth, GuardReader.Read(nots[..^1]).Root.Size.Depth);
    }

    [Fact]
    public void Values_nested_deeper_than_the_limit_are_refused_on_the_way_down()
    {
        // Each is two bytes: the length of the length of the length of ... an item.
        byte[] functions = new byte[1_000_000];
        for (int index = 3; index + 1 < functions.Length; index += 2)
            functions[index] = (byte)GuardTag.FunctionOperand;

        functions[0] = GuardWriter.Version;
        functions[1] = (byte)GuardTag.Compare;
        byte[] most = [.. functions[..201], (byte)GuardTag.ItemOperand, 33, 0];

        Assert.Contains("100 levels", Refused(functions), StringComparison.Ordinal);
        Assert.Equal(Guard.MaxDepth, GuardReader.Read(most).Root.Size.Depth);
        Assert.Equal(Guard.MaxDepth, GuardReader.Read(most).Root.Size.Nodes);
    }

    [Fact]
    public void Guards_nested_in_values_deeper_than_the_limit_are_refused_on_the_way_down()
    {
        // Each counts the items of which something counts the items of which something counts ...
        Assert.Contains("100 levels", Refused(Counting(Guard.MaxDepth)), StringComparison.Ordinal);
        Assert.Contains("100 levels", Refused(Counting(10_000)), StringComparison.Ordinal);
        GuardReader.Read(Counting((Guard.MaxDepth / 2) - 1));
    }

    [Fact]
    public void A_list_longer_than_the_limit_is_refused()
    {
        byte[] list = GuardWriter.Write(Guard.In("A", new object?[Guard.MaxListItems]));

        // The count is the three bytes before the values, each of which is one byte.
        int count = list.Length - Guard.MaxListItems - 3;
        byte[] longer = [.. list, (byte)ConstantTag.Null];
        longer[count]++;

        Assert.Equal(Guard.MaxListItems, GuardReader.Read(list).Root.Size.ListItems);
        Assert.Contains("100000 values", Refused(longer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { }, "end of the stream")]
    [InlineData(new byte[] { 9, 1 }, "Its version is 9, not 1.")]
    [InlineData(new byte[] { 1 }, "It has 0 roots instead of one.")]
    [InlineData(new byte[] { 1, 1, 1 }, "It has 2 roots instead of one.")]
    [InlineData(new byte[] { 1, 2 }, "A node wants 1 children, and there are 0.")]
    [InlineData(new byte[] { 1, 1, 3, 2 }, "A node wants 2 children, and there are 1.")]
    [InlineData(new byte[] { 1, 99 }, "There is no node with the number 99.")]
    [InlineData(new byte[] { 1, 5, 77 }, "There is no operator with the number 77.")]
    [InlineData(new byte[] { 1, 5, 0, 44 }, "There is no operand with the number 44.")]
    [InlineData(new byte[] { 1, 5, 0, 32, 0 }, "(Parameter 'property')")]
    [InlineData(new byte[] { 1, 5, 0, 33, 0, 33, 0 }, "both sides are constants")]
    [InlineData(new byte[] { 1, 5, 0, 33, 98 }, "There is no type of value with the number 98.")]
    [InlineData(new byte[] { 1, 6, 33, 0, 0 }, "A constant stands where a property must.")]
    [InlineData(new byte[] { 1, 7, 33, 0, 0 }, "A constant stands where a property must.")]
    [InlineData(new byte[] { 1, 10, 33, 0 }, "A constant stands where a property must.")]
    [InlineData(new byte[] { 1, 11, 34 }, "A node wants 1 children, and there are 0.")]
    [InlineData(new byte[] { 1, 12, 77 }, "There is no operator with the number 77.")]
    [InlineData(new byte[] { 1, 12, 0, 34, 33, 0 }, "Only a text is compared")]
    [InlineData(new byte[] { 1, 12, 0, 33, 0, 33, 0 }, "both sides are constants")]
    [InlineData(new byte[] { 1, 13, 33, 0, 0 }, "A constant stands where a property must.")]
    [InlineData(new byte[] { 1, 16, 33, 0, 0 }, "A constant stands where a property must.")]
    [InlineData(new byte[] { 1, 5, 0, 38, 33, 0, 0 }, "A constant stands where a property must.")]
    [InlineData(new byte[] { 1, 5, 0, 38, 34, 9, 1 }, "larger than what follows it.")]
    [InlineData(new byte[] { 1, 5, 0, 38, 34, 0, 33, 0 }, "It has 0 roots instead of one.")]
    [InlineData(new byte[] { 1, 5, 0, 38, 34, 2, 1, 1, 33, 0 }, "It has 2 roots instead of one.")]
    [InlineData(new byte[] { 1, 5, 0, 38, 34, 1, 10, 34, 33, 0 }, "longer than was said")]
    [InlineData(new byte[] { 1, 5, 0, 35, 99, 34 }, "There is no function with the number 99.")]
    [InlineData(new byte[] { 1, 5, 0, 35, 0, 33, 0 }, "A constant stands where a property must.")]
    [InlineData(new byte[] { 1, 5, 0, 36, 99, 0 }, "There is no calculation with the number 99.")]
    [InlineData(new byte[] { 1, 5, 0, 36, 0, 99 }, "There is no type of numbers")]
    [InlineData(new byte[] { 1, 5, 0, 36, 0, 0, 33, 0, 33, 0 }, "both are constants")]
    [InlineData(new byte[] { 1, 6, 32, 255, 255, 255, 7 }, "larger than what follows it.")]
    [InlineData(new byte[] { 1, 5, 0, 33, 18, 255, 255, 255, 255 }, "not valid")]
    public void Damaged_bytes_are_refused(byte[] bytes, string reason)
        => Assert.Contains(reason, Refused(bytes), StringComparison.Ordinal);

    [Fact]
    public void Bytes_changed_at_random_give_an_answer_or_an_error_of_ours()
    {
        byte[] bytes = GuardWriter.Write(Guard.Or(
            Guard.Equal("Text", "abc"), Guard.In("Day", new[] { DateOnly.MinValue }),
            Guard.LessThan("Decimal", 12.5m), Guard.Equal("Genre", Genre.Crime),
            Samples.Translate(m => m.Offices!.Any(office => office.Number * 2 > 7)),
            Samples.Translate(m => m.Home!.City!.Length < 3 || m.Text!.Contains('a')),
            Guard.Equal("Text", "d", StringComparison.OrdinalIgnoreCase),
            Guard.StartsWith("Text", "e", StringComparison.OrdinalIgnoreCase),
            Guard.HasKey("Meta", "k"),
            Guard.Equal(Guard.Entry("Stock", 5), 7),
            Guard.CountBetween("Numbers", 1, 2, Guard.LessThan(Guard.Item, 5))));
        var random = new Random(Seed: 17);
        Sample sample = RandomSample.Next(random);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = [.. bytes];
            for (int change = random.Next(1, 4); change > 0; change--)
                changed[random.Next(1, changed.Length)] = (byte)random.Next(256);

            try
            {
                Guard guard = GuardReader.Read(changed[..random.Next(1, changed.Length + 1)]);
                GuardCompiler.Compile<Sample>(Samples.Table, guard)(sample);
            }
            catch (MementoException)
            {
            }
            catch (ArgumentException)
            {
                // It is a guard, but none that fits the table.
            }
        }
    }

    /// <summary>Guards that each compare with null how many items satisfy the next.</summary>
    private static byte[] Counting(int levels)
    {
        byte[] inner = [(byte)GuardTag.True];
        for (int level = 0; level < levels; level++)
        {
            using var stream = new MemoryStream();
            using var writer = new BinaryWriter(stream);
            writer.Write([(byte)GuardTag.Compare, 0, (byte)GuardTag.CountOperand]);
            writer.Write((byte)GuardTag.ItemOperand);
            writer.Write7BitEncodedInt(inner.Length);
            writer.Write(inner);
            writer.Write([(byte)GuardTag.ConstantOperand, (byte)ConstantTag.Null]);
            inner = stream.ToArray();
        }

        return [GuardWriter.Version, .. inner];
    }

    private static Guard Travel(Guard guard)
        => Serializer.Deserialize<Guard>(Serializer.SerializeToArray(guard))!;

    private static string Refused(byte[] bytes)
        => Assert.Throws<MementoException>(() => GuardReader.Read(bytes)).Message;

    private static object? ConstantOf(Guard guard)
        => ((ConstantOperand)((CompareNode)((AndNode)guard.Root).Children[0]).Right).Value;
}
