namespace Memento.Tests.Hosting;

/// <summary>A program that is started again with other indexes over the same file.</summary>
public sealed class ChangedIndexTests : IDisposable
{
    private readonly string _directory =
        Directory.CreateTempSubdirectory("memento-index-").FullName;

    [Fact]
    public async Task A_unique_index_that_is_new_to_a_filled_table_is_filled_at_start()
    {
        await WriteAsync(unique: false, new Person { Id = 1, Email = "a" }, new Person { Id = 2 });

        for (int start = 0; start < 2; start++)
        {
            UniqueIndexException error = await Assert.ThrowsAsync<UniqueIndexException>(
                () => WriteAsync(unique: true, new Person { Id = 3, Email = "a" }));
            Assert.Equal(("Person", "Email", "a", 1), (
                error.Table, error.Index, error.Value, error.HolderKey));
        }

        await WriteAsync(unique: true, new Person { Id = 3, Email = "b" });
    }

    [Fact]
    public async Task A_unique_index_that_finds_duplicates_stops_the_start()
    {
        await WriteAsync(
            unique: false, new Person { Id = 1, Email = "a" }, new Person { Id = 2, Email = "a" });

        UniqueIndexException error = await Assert.ThrowsAsync<UniqueIndexException>(
            () => WriteAsync(unique: true));
        Assert.Equal("a", error.Value);

        // Without the index everything is still there.
        await WriteAsync(unique: false, new Person { Id = 2, Email = "b" });
        await WriteAsync(unique: true, new Person { Id = 3, Email = "c" });
    }

    [Fact]
    public async Task A_unique_index_that_went_and_comes_back_knows_the_records_of_now()
    {
        await WriteAsync(unique: true, new Person { Id = 1, Email = "a" });
        await WriteAsync(unique: false, new Person { Id = 1, Email = "b" });

        await WriteAsync(unique: true, new Person { Id = 2, Email = "a" });
        UniqueIndexException error = await Assert.ThrowsAsync<UniqueIndexException>(
            () => WriteAsync(unique: true, new Person { Id = 3, Email = "b" }));
        Assert.Equal(1, error.HolderKey);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_index_that_was_added_is_there_after_a_restart(bool unique)
    {
        await WriteAsync(unique: false, new Person { Id = 1, Email = "a" });
        await UseAsync(host => host.Memento.Tables.AddIndexAsync<Person>("Email", unique));

        await UseAsync(async host =>
        {
            TableInfo info = await host.Memento.Tables.InfoAsync<Person>();
            Assert.Equal([new IndexInfo("Email", unique)], info.Indexes);
            QueryExplanation explanation = await host.Memento.TransactionAsync(async tx =>
                await tx.Query<Person>().Where(person => person.Email == "a").ExplainAsync());
            Assert.Equal(("Email", 1), (explanation.Index, explanation.Found));
            if (!unique) return;

            await Assert.ThrowsAsync<UniqueIndexException>(() => host.Memento.TransactionAsync(
                async tx => await tx.WriteAsync(new Person { Id = 2, Email = "a" })));
        });
        await UseAsync(host => host.Memento.Tables.RemoveIndexAsync<Person>("Email"));
        await UseAsync(async host =>
            Assert.Empty((await host.Memento.Tables.InfoAsync<Person>()).Indexes));
    }

    [Fact]
    public async Task A_declared_index_that_was_removed_is_back_at_the_next_start()
    {
        await WriteAsync(unique: true, new Person { Id = 1, Email = "a" });
        await UseAsync(
            async host =>
            {
                await host.Memento.Tables.RemoveIndexAsync<Person>("Email");
                await host.Memento.TransactionAsync(
                    async tx => await tx.WriteAsync(new Person { Id = 2, Email = "b" }));
            },
            unique: true);

        UniqueIndexException error = await Assert.ThrowsAsync<UniqueIndexException>(
            () => WriteAsync(unique: true, new Person { Id = 3, Email = "b" }));
        Assert.Equal(2, error.HolderKey);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private Task WriteAsync(bool unique, params Person[] people)
        => UseAsync(
            host => host.Memento.TransactionAsync(async tx =>
            {
                foreach (Person person in people)
                    await tx.WriteAsync(person);
            }),
            unique);

    private async Task UseAsync(Func<MementoHost, Task> use, bool unique = false)
    {
        await using MementoHost host = await MementoHost.StartAsync(memento => memento
            .UseSqlite($"Data Source={Path.Combine(_directory, "people.db")}")
            .AddTable<Person>(table =>
            {
                table.Storage = TableStorage.Disk;
                if (unique) table.AddIndex(nameof(Person.Email), unique: true);
            }));
        await use(host);
    }

    public sealed record Person
    {
        public int Id { get; init; }

        public string? Email { get; init; }
    }
}
