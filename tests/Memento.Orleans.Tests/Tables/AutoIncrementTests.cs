using Memento.Tables;

namespace Memento.Tests.Tables;

public sealed class AutoIncrementTests
{
    [Fact]
    public void A_key_of_0_or_null_is_to_be_given()
    {
        TableDefinition table = TableDefinitionReader.Read(typeof(Numbered<long>), Options);
        Assert.True(table.NeedsKey(new Numbered<long>()));
        Assert.False(table.NeedsKey(new Numbered<long> { Id = -1 }));

        table = TableDefinitionReader.Read(typeof(Numbered<int?>), Options);
        Assert.True(table.NeedsKey(new Numbered<int?>()));
        Assert.True(table.NeedsKey(new Numbered<int?> { Id = 0 }));
        Assert.False(table.NeedsKey(new Numbered<int?> { Id = 1 }));
    }

    [Fact]
    public void Where_keys_are_not_given_none_is_needed()
    {
        TableDefinition table = TableDefinitionReader.Read(
            typeof(Numbered<long>), new TableOptions { Name = "numbered" });

        Assert.False(table.NeedsKey(new Numbered<long>()));
        Assert.False(table.TryGetNumber(new Numbered<long> { Id = 3 }, out _));
        Assert.Throws<InvalidOperationException>(() => table.WithKey(new Numbered<long>(), 1));
    }

    [Fact]
    public void The_key_is_set_on_a_copy()
    {
        TableDefinition table = TableDefinitionReader.Read(typeof(Movie));
        var given = new Movie { Title = "Rush", Year = 2013 };

        var numbered = (Movie)table.WithKey(given, 7);

        Assert.Equal(given with { Id = 7 }, numbered);
        Assert.Equal(0, given.Id);
    }

    [Fact]
    public void A_copy_with_a_key_shares_nothing_that_changes()
    {
        TableDefinition table = TableDefinitionReader.Read(typeof(Tagged));
        var given = new Tagged { Tags = { "a" } };

        var numbered = (Tagged)table.WithKey(given, 7);
        given.Tags.Add("b");

        Assert.Equal((ushort)7, numbered.Id);
        Assert.Equal(["a"], numbered.Tags);
    }

    [Fact]
    public void A_positional_record_gets_its_key_too()
    {
        TableDefinition table = TableDefinitionReader.Read(typeof(Positional));

        Assert.Equal(new Positional(7, "x"), table.WithKey(new Positional(null, "x"), 7));
    }

    [Theory]
    [InlineData(typeof(Numbered<sbyte>), sbyte.MaxValue)]
    [InlineData(typeof(Numbered<byte>), byte.MaxValue)]
    [InlineData(typeof(Numbered<short>), short.MaxValue)]
    [InlineData(typeof(Numbered<ushort?>), ushort.MaxValue)]
    [InlineData(typeof(Numbered<int>), int.MaxValue)]
    [InlineData(typeof(Numbered<uint>), uint.MaxValue)]
    [InlineData(typeof(Numbered<long>), long.MaxValue)]
    [InlineData(typeof(Numbered<ulong>), long.MaxValue)]
    public void The_last_number_of_each_width_fits_and_the_next_does_not(Type type, long last)
    {
        TableDefinition table = TableDefinitionReader.Read(type, Options);
        object record = Activator.CreateInstance(type)!;

        Assert.True(table.TryGetNumber(table.WithKey(record, last), out long number));
        Assert.Equal(last, number);

        if (last == long.MaxValue) return;

        var exception = Assert.Throws<MementoException>(() => table.WithKey(record, last + 1));
        Assert.StartsWith(
            $"Table 'numbered' has used up the numbers of its key: the next one, {last + 1}, does "
            + "not fit into property 'Id' of type '",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_beyond_long_counts_as_its_end()
    {
        TableDefinition table = TableDefinitionReader.Read(typeof(Numbered<ulong>), Options);

        var record = new Numbered<ulong> { Id = ulong.MaxValue };

        Assert.True(table.TryGetNumber(record, out long number));
        Assert.Equal(long.MaxValue, number);
    }

    private static TableOptions Options => new()
    {
        Name = "numbered",
        Type = TableType.OrderedSet,
        AutoIncrement = true,
    };

    internal sealed class Numbered<TKey>
    {
        public TKey? Id { get; set; }

        public string? Name { get; set; }
    }

    [Table(Type = TableType.OrderedSet, AutoIncrement = true)]
    internal sealed class Tagged
    {
        public ushort Id { get; init; }

        public List<string> Tags { get; init; } = [];
    }

    [Table(Type = TableType.OrderedSet, AutoIncrement = true)]
    internal sealed record Positional(int? Id, string Name);
}
