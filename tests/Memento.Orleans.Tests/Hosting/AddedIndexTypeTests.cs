using Memento.Tests.Conformance;

namespace Memento.Tests.Hosting;

/// <summary>
/// Indexes that were added, of properties that are of another type in the next program.
/// </summary>
public sealed class AddedIndexTypeTests : IDisposable
{
    private static readonly Guid Code = new("5f0c1a52-7f1a-4a4b-9d7e-0b8f0a1c2d3e");

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_unique_index_is_filled_again_with_the_values_as_they_are_now()
    {
        await AddIndexAsync();

        for (int start = 0; start < 2; start++)
        {
            await UseAsync<OfText>(static async memento =>
            {
                UniqueIndexException error = await Assert.ThrowsAsync<UniqueIndexException>(
                    () => memento.TransactionAsync(
                        async tx => await tx.WriteAsync(new OfText { Id = 2, Code = $"{Code}" })));
                Assert.Equal(1, error.HolderKey);
            });
        }
    }

    [Fact]
    public async Task An_index_that_is_not_possible_any_more_is_gone()
    {
        await AddIndexAsync();

        await UseAsync<OfUri>(static async memento =>
        {
            Assert.Empty((await memento.Tables.InfoAsync<OfUri>()).Indexes);
            await memento.TransactionAsync(async tx => await tx.WriteAsync(new OfUri { Id = 2 }));
        });
    }

    private Task AddIndexAsync()
        => UseAsync<OfGuid>(static async memento =>
        {
            await memento.TransactionAsync(
                async tx => await tx.WriteAsync(new OfGuid { Id = 1, Code = Code }));
            await memento.Tables.AddIndexAsync<OfGuid>("Code", unique: true);
        });

    private async Task UseAsync<T>(Func<IMemento, Task> use)
        where T : class
    {
        await using MementoHost host = await MementoHost.StartAsync(memento => memento
            .UseSqlite(_directory.ConnectionString)
            .AddTable<T>(static table =>
            {
                table.Name = "Coded";
                table.Storage = TableStorage.Disk;
            }));
        await use(host.Memento).Within();
    }

    public sealed record OfGuid
    {
        public int Id { get; init; }

        public Guid Code { get; init; }
    }

    public sealed record OfText
    {
        public int Id { get; init; }

        public string? Code { get; init; }
    }

    public sealed record OfUri
    {
        public int Id { get; init; }

        public Uri? Code { get; init; }
    }
}
