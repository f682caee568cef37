using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Conformance;

/// <summary>
/// A client that has not heard that an index went, and that another of the same name came.
/// </summary>
public sealed class StaleIndexTests
{
    private static readonly string[] Composite = [nameof(Pairing.A), nameof(Pairing.B)];

    [Fact]
    public async Task It_does_not_walk_an_index_on_other_properties()
    {
        await using TestSilo silo = await StartAsync(unique: false);
        (IMemento inside, IMemento client) = await UseAsync(silo, unique: false);

        await inside.Tables.RemoveIndexAsync<Pairing>(nameof(Pairing.A_B)).Within();
        await inside.Tables.AddIndexAsync<Pairing>(Composite).Within();

        Assert.Equal(1, await IdOfAsync(client, "x"));
        Assert.Equal(2, await IdOfAsync(client, "y"));
    }

    [Fact]
    public async Task It_does_not_look_up_or_claim_values_in_a_unique_index_on_other_properties()
    {
        await using TestSilo silo = await StartAsync(unique: true);
        (IMemento inside, IMemento client) = await UseAsync(silo, unique: true);

        await inside.Tables.RemoveIndexAsync<Pairing>(nameof(Pairing.A_B)).Within();
        await inside.Tables.AddIndexAsync<Pairing>(Composite, unique: true).Within();

        Assert.Equal(1, await IdOfAsync(client, "x"));
        await client.Table<Pairing>().PutAsync(new() { Id = 3, A_B = "x", A = "z", B = "z" })
            .Within();
        UniqueIndexException error = await Assert.ThrowsAsync<UniqueIndexException>(
            () => inside.Table<Pairing>().PutAsync(new() { Id = 4, A = "z", B = "z" }).Within());
        Assert.Equal(3, error.HolderKey);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_writes_go_through_in_the_first_attempt(bool unique)
    {
        await using TestSilo silo = await StartAsync(unique);
        (IMemento inside, IMemento client) = await UseAsync(silo, unique);
        var once = new TransactionOptions { MaxAttempts = 1 };

        await inside.Tables.AddIndexAsync<Pairing>(nameof(Pairing.A), unique: true).Within();
        await client.TransactionAsync(
            static async tx =>
            {
                await tx.WriteAsync(new Pairing { Id = 3, A_B = "z", A = "z" });
                await Assert.ThrowsAsync<UniqueIndexException>(
                    () => tx.WriteAsync(new Pairing { Id = 4, A_B = "v", A = "z" }).AsTask());
            },
            once).Within();
        await inside.Tables.RemoveIndexAsync<Pairing>(nameof(Pairing.A)).Within();
        await client.TransactionAsync(
            static async tx =>
            {
                // Side by side, so that they are in one message.
                Task<Pairing>[] writes =
                [
                    .. Enumerable.Range(5, 20).Select(id => tx.WriteAsync(
                        new Pairing { Id = id, A_B = $"{id}", A = "z" }).AsTask()),
                ];
                await Task.WhenAll(writes);
                Assert.True(await tx.DeleteAsync<Pairing>(1));
            },
            once).Within();
        await inside.Tables.AddIndexAsync<Pairing>(nameof(Pairing.B)).Within();
        Assert.True(await client.TransactionAsync(
            static async tx => await tx.DeleteAsync<Pairing>(2), once).Within());

        Assert.Equal(21, await inside.Table<Pairing>().CountAsync().Within());
        Assert.Equal(3, await IdOfAsync(client, "z"));
    }

    [Fact]
    public async Task An_index_on_other_properties_is_not_removed_for_its_name()
    {
        await using TestSilo silo = await StartAsync(unique: false);
        (IMemento inside, _) = await UseAsync(silo, unique: false);

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(
            () => inside.Tables.RemoveIndexAsync<Pairing>(Composite).Within());

        Assert.Contains("no index 'A, B'. It has A_B.", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            [new IndexInfo(nameof(Pairing.A_B), unique: false)],
            (await inside.Tables.InfoAsync<Pairing>().Within()).Indexes);
    }

    [Fact]
    public async Task It_is_told_of_an_index_on_a_property_that_its_type_does_not_have()
    {
        await using TestSilo silo = await StartAsync(unique: false);
        IMemento client = (await silo.ConnectAsync(static memento => memento
            .AddTable<Narrow>(static table => table.Name = nameof(Pairing))))
            .GetRequiredService<IMemento>();

        MementoException error = await Assert.ThrowsAsync<MementoException>(
            () => client.Table<Narrow>().PutAsync(new() { Id = 1 }).Within());

        Assert.Contains("'A_B'", error.Message, StringComparison.Ordinal);
        Assert.Contains("the same record type", error.Message, StringComparison.Ordinal);
    }

    private static Task<TestSilo> StartAsync(bool unique)
        => TestSilo.StartAsync(memento => Register(memento, unique));

    private static async Task<(IMemento Inside, IMemento Client)> UseAsync(
        TestSilo silo, bool unique)
    {
        IMemento inside = silo.Services.GetRequiredService<IMemento>();
        IMemento client = (await silo.ConnectAsync(memento => Register(memento, unique)))
            .GetRequiredService<IMemento>();
        await client.Table<Pairing>().PutAsync(new() { Id = 1, A_B = "x", A = "y", B = "x" })
            .Within();
        await client.Table<Pairing>().PutAsync(new() { Id = 2, A_B = "y", A = "x", B = "y" })
            .Within();
        Assert.Equal(1, await IdOfAsync(client, "x"));
        return (inside, client);
    }

    private static void Register(IMementoBuilder memento, bool unique)
        => memento.AddTable<Pairing>(table => table.AddIndex(nameof(Pairing.A_B), unique));

    private static async Task<int?> IdOfAsync(IMemento memento, string value)
        => (await memento.TransactionAsync(async tx => await tx.Query<Pairing>()
            .Where(each => each.A_B == value).SingleOrDefaultAsync()).Within())?.Id;

    public sealed record Pairing
    {
        public int Id { get; init; }

        public string? A_B { get; init; }

        public string? A { get; init; }

        public string? B { get; init; }
    }

    public sealed record Narrow
    {
        public int Id { get; init; }

        public string? A { get; init; }
    }
}
