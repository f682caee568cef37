namespace Memento.Tests.Hosting;

/// <summary>A program that is started again with other indexes over the same file.</summary>
public sealed class ChangedIndexTests : IDisposable
{
    private readonly string _directory =
        Directory.CreateTempSubdirectory("memento-index-").FullName;

    [Fact]
    public async Task A_unique_index_that_is_new_to_a_filled_table_is_refused_at_start()
    {
        await WriteAsync(unique: false, new Person { Id = 1, Email = "a" });

        InvalidTableException error = await Assert.ThrowsAsync<InvalidTableException>(
            () => WriteAsync(unique: true, new Person { Id = 2, Email = "a" }));

        Assert.Contains("Person", error.Message, StringComparison.Ordinal);
        Assert.Contains("Email", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_unique_index_that_went_and_comes_back_with_old_entries_is_refused_at_start()
    {
        await WriteAsync(unique: true, new Person { Id = 1, Email = "a" });
        await WriteAsync(unique: false, new Person { Id = 1, Email = "b" });

        InvalidTableException error = await Assert.ThrowsAsync<InvalidTableException>(
            () => WriteAsync(unique: true, new Person { Id = 2, Email = "a" }));

        Assert.Contains("Email", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private async Task WriteAsync(bool unique, params Person[] people)
    {
        await using MementoHost host = await MementoHost.StartAsync(memento => memento
            .UseSqlite($"Data Source={Path.Combine(_directory, "people.db")}")
            .AddTable<Person>(table =>
            {
                table.Storage = TableStorage.Disk;
                if (unique) table.AddIndex(nameof(Person.Email), unique: true);
            }));
        await host.Memento.TransactionAsync(async tx =>
        {
            foreach (Person person in people)
                await tx.WriteAsync(person);
        });
    }

    public sealed record Person
    {
        public int Id { get; init; }

        public string? Email { get; init; }
    }
}
