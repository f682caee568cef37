using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Hosting;

/// <summary>
/// The file of the catalog, which Orleans' own storage provider reads and writes, fails.
/// </summary>
public sealed class CatalogFailureTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string CatalogPath => Path.ChangeExtension(_directory.DatabasePath, ".catalog.db");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_needs_it_says_that_the_storage_failed_and_which_file(bool isClient)
    {
        await using TestSilo silo = await TestSilo.StartAsync(Configure);
        IMemento memento = (isClient ? await silo.ConnectAsync(Configure) : silo.Services)
            .GetRequiredService<IMemento>();
        await memento.Table<Entry>().PutAsync(new Entry { Name = "a" }).Within();
        await BreakAsync();

        (string Name, Func<Task> Call)[] calls =
        [
            ("index", () => memento.Tables.AddIndexAsync<Entry>("Value")),
            ("number", () => memento.TransactionAsync(
                async tx => await tx.WriteAsync(new Ticket { Title = "a" }))),
            ("page", () => memento.TransactionAsync(
                async tx => await tx.PageAsync<Entry>(entry => entry.Value >= 0, size: 1))),
            ("delete", () => memento.Tables.DeleteAsync<Entry>()),
        ];
        foreach ((string name, Func<Task> call) in calls)
        {
            Exception? error = await Record.ExceptionAsync(() => call().Within());
            Assert.True(
                error is StorageException
                    && error.Message.Contains(CatalogPath, StringComparison.Ordinal),
                $"'{name}' came to {error?.GetType().Name ?? "an end"}: {error?.Message}");
        }

        // Nothing else suffers from it.
        await memento.Table<Entry>().PutAsync(new Entry { Name = "b" }).Within();
        Assert.Equal(2, await memento.Table<Entry>().CountAsync().Within());
    }

    [Fact]
    public async Task A_program_that_has_it_locked_is_waited_for_as_long_as_for_the_other_file()
    {
        await using TestSilo silo = await TestSilo.StartAsync(Configure);
        IMemento memento = silo.Services.GetRequiredService<IMemento>();
        await using SqliteConnection other = await OpenAsync();
        await ExecuteAsync(other, "BEGIN IMMEDIATE");

        StorageException error = await Assert.ThrowsAsync<StorageException>(
            () => memento.Tables.AddIndexAsync<Entry>("Value").Within());
        Assert.Contains(CatalogPath, error.Message, StringComparison.Ordinal);
        Assert.Contains("locked", error.Message, StringComparison.Ordinal);

        await ExecuteAsync(other, "ROLLBACK");
        await memento.Tables.AddIndexAsync<Entry>("Value").Within();
    }

    private async Task BreakAsync()
    {
        await using SqliteConnection connection = await OpenAsync();
        await ExecuteAsync(connection, "ALTER TABLE OrleansStorage RENAME TO Elsewhere");
    }

    private async Task<SqliteConnection> OpenAsync()
    {
        var connection = new SqliteConnection($"Data Source={CatalogPath};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string text)
    {
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync();
    }

    private void Configure(IMementoBuilder memento) => memento
        .UseSqlite(
            _directory.ConnectionString,
            static sqlite => sqlite.BusyTimeout = TimeSpan.FromMilliseconds(100))
        .AddTable<Entry>(static table => table.Storage = TableStorage.Disk)
        .AddTable<Ticket>(static table => table.Storage = TableStorage.Disk);
}
