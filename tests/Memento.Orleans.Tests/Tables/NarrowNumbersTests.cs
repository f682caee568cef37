namespace Memento.Tests.Tables;

/// <summary>Numbers of a key that is narrower than the numbers of a sequence.</summary>
public sealed class NarrowNumbersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A silo reserves numbers in blocks, and the last block may be longer.</summary>
    [Fact]
    public async Task No_number_above_the_highest_of_the_key_counts_as_given()
    {
        await using MementoHost host = await MementoHost.StartAsync(
            static memento => memento.AddTable<Shelf>());
        await host.Memento.Table<Shelf>().PutAsync(new Shelf { Id = short.MaxValue - 1 }, Token);
        Shelf last = await host.Memento.Table<Shelf>().PutAsync(new Shelf(), Token);
        Assert.Equal(short.MaxValue, last.Id);

        long given = await host.Memento.Tables.ReserveNumbersAsync<Shelf>(0, Token);

        // As a copy of the table does.
        Assert.Equal(given, await host.Memento.Tables.ReserveNumbersAsync<Shelf>(given, Token));
        Assert.Equal(short.MaxValue, given);
    }

    [Table(Type = TableType.OrderedSet, AutoIncrement = true)]
    internal sealed record Shelf
    {
        public short Id { get; init; }

        public string Name { get; init; } = "";
    }
}
