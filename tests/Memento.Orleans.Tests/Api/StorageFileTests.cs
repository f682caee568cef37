using Memento.Tests.Conformance;
using Microsoft.Data.Sqlite;

namespace Memento.Tests.Api;

/// <summary>
/// A store is two files, the data and its catalog. One of them goes missing, or comes from
/// elsewhere or from another day.
/// </summary>
public sealed class StorageFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Data => _directory.DatabasePath;

    private string Catalog => Path.ChangeExtension(Data, ".catalog.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_data_file_alone_has_all_that_is_needed()
    {
        string? next = null;
        await RunAsync(async memento =>
        {
            await AddJobsAsync(memento, 3);
            await memento.Table<Job>().DeleteAsync(3L);
            await memento.Tables.AddIndexAsync<Job>(nameof(Job.Text));
            next = (await memento.TransactionAsync(
                async tx => await tx.Query<Job>().OrderBy(job => job.Text).ToPageAsync(1))).Next;
        });
        File.Delete(Catalog);
        await RunAsync(async memento =>
        {
            Assert.Equal(2, await memento.Table<Job>().CountAsync());
            Assert.Equal(
                ["Text"],
                (await memento.Tables.InfoAsync<Job>()).Indexes.SelectMany(i => i.Properties));
            Page<Job> page = await memento.TransactionAsync(async tx =>
                await tx.Query<Job>().OrderBy(job => job.Text).ToPageAsync(1, next));
            Assert.Equal("job 1", Assert.Single(page.Items).Text);
            Assert.InRange((await AddJobsAsync(memento, 1))[0].Id, 4, long.MaxValue);
        });
    }

    [Fact]
    public async Task Without_its_catalog_another_number_of_partitions_is_refused_all_the_same()
    {
        await RunAsync(memento => AddJobsAsync(memento, 3));
        File.Delete(Catalog);
        var error = await Assert.ThrowsAsync<InvalidTableException>(
            () => RunAsync(static _ => Task.CompletedTask, partitions: 4));
        Assert.Contains("partitions is 16 in the storage", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_catalog_of_another_store_is_refused()
    {
        await RunAsync(memento => AddJobsAsync(memento, 3));
        string own = Keep(Catalog, "own");
        using (var other = new TemporaryDirectory())
        {
            await RunAsync(memento => AddJobsAsync(memento, 3), other);
            Put(Path.ChangeExtension(other.DatabasePath, ".catalog.db"), to: Catalog);
        }

        await AssertRefusedAsync("different stores");
        Put(own, to: Catalog);
        await RunAsync(async memento => Assert.Equal(3, await memento.Table<Job>().CountAsync()));
    }

    [Fact]
    public async Task A_catalog_of_another_day_is_refused_and_may_be_removed()
    {
        await RunAsync(memento => AddJobsAsync(memento, 1));
        string old = Keep(Catalog, "old");
        long last = 0;
        await RunAsync(async memento => last = (await AddJobsAsync(memento, 1))[0].Id);
        Put(old, to: Catalog);
        await AssertRefusedAsync("older");

        File.Delete(Catalog);
        await RunAsync(async memento =>
            Assert.InRange((await AddJobsAsync(memento, 1))[0].Id, last + 1, long.MaxValue));
    }

    [Fact]
    public async Task Data_of_another_day_is_refused_and_goes_on_without_the_newer_catalog()
    {
        await RunAsync(memento => AddJobsAsync(memento, 1));
        string old = Keep(Data, "old");
        await RunAsync(memento => AddJobsAsync(memento, 1));
        Put(old, to: Data);
        await AssertRefusedAsync("newer");

        File.Delete(Catalog);
        await RunAsync(async memento => Assert.Equal(1, await memento.Table<Job>().CountAsync()));
    }

    [Fact]
    public async Task A_catalog_without_its_data_is_refused()
    {
        await RunAsync(memento => AddJobsAsync(memento, 1));
        string data = Keep(Data, "data");
        File.Delete(Data);
        await AssertRefusedAsync("missing");

        Put(data, to: Data);
        await RunAsync(async memento => Assert.Equal(1, await memento.Table<Job>().CountAsync()));
    }

    [Fact]
    public async Task What_only_the_data_has_heard_of_is_not_forgotten()
    {
        string before = Path.Combine(_directory.Path, "before");
        long last = 0;
        await RunAsync(async memento =>
        {
            Execute(Catalog, $"VACUUM INTO '{before}'");
            await memento.Tables.AddIndexAsync<Job>(nameof(Job.Text));
            last = (await AddJobsAsync(memento, 1))[0].Id;
            await memento.Table<Job>().DeleteAsync(last);
        });

        // As after a crash between the writes of the two files.
        Put(before, to: Catalog);
        await RunAsync(async memento =>
        {
            Assert.Single((await memento.Tables.InfoAsync<Job>()).Indexes);
            Assert.InRange((await AddJobsAsync(memento, 1))[0].Id, last + 1, long.MaxValue);
        });
    }

    [Fact]
    public async Task Files_of_the_first_schema_are_taken_over_and_then_know_each_other()
    {
        long last = 0;
        await RunAsync(async memento =>
        {
            last = (await AddJobsAsync(memento, 3))[2].Id;
            await memento.Table<Job>().DeleteAsync(last);
        });
        MakeFirstSchema(Data, "memento_note", "memento_identity");
        MakeFirstSchema(Catalog, "memento_identity");
        await RunAsync(async memento => Assert.Equal(2, await memento.Table<Job>().CountAsync()));

        File.Delete(Catalog);
        await RunAsync(async memento =>
        {
            Assert.Equal(2, await memento.Table<Job>().CountAsync());
            Assert.InRange((await AddJobsAsync(memento, 1))[0].Id, last + 1, long.MaxValue);
        });
    }

    [Fact]
    public async Task Data_of_the_first_schema_is_refused_without_its_catalog_and_with_another()
    {
        await RunAsync(memento => AddJobsAsync(memento, 1));
        string own = Keep(Catalog, "own");
        MakeFirstSchema(Data, "memento_note", "memento_identity");
        await AssertRefusedAsync("different stores");
        File.Delete(Catalog);
        await AssertRefusedAsync("earlier version");

        Put(own, to: Catalog);
        MakeFirstSchema(Catalog, "memento_identity");
        await RunAsync(async memento => Assert.Equal(1, await memento.Table<Job>().CountAsync()));
    }

    private static void MakeFirstSchema(string file, params string[] later)
    {
        foreach (string table in later)
            Execute(file, $"DROP TABLE {table}");
        Execute(file, "PRAGMA user_version = 1");
    }

    private static async Task<Job[]> AddJobsAsync(IMemento memento, int count)
    {
        var jobs = new Job[count];
        for (int i = 0; i < count; i++)
            jobs[i] = await memento.Table<Job>().PutAsync(new Job { Text = $"job {i}" });
        return jobs;
    }

    private async Task AssertRefusedAsync(string reason)
    {
        var error = await Assert.ThrowsAsync<StorageException>(
            () => RunAsync(static _ => Task.CompletedTask));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains(Data, error.Message, StringComparison.Ordinal);
        Assert.Contains(Catalog, error.Message, StringComparison.Ordinal);
    }

    private async Task RunAsync(
        Func<IMemento, Task> use, TemporaryDirectory? directory = null, int partitions = 16)
    {
        await using MementoHost host = await MementoHost.StartAsync(memento => memento
            .UseSqlite((directory ?? _directory).ConnectionString)
            .AddTable<Job>(table => table.Partitions = partitions));
        await use(host.Memento).Within();
    }

    /// <summary>
    /// Keeps a copy of a database that no process has open, which is then one file.
    /// </summary>
    private string Keep(string file, string name)
    {
        string copy = Path.Combine(_directory.Path, name);
        File.Copy(file, copy);
        return copy;
    }

    private static void Put(string copy, string to) => File.Copy(copy, to, overwrite: true);

    private static void Execute(string file, string text)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    [Table(Type = TableType.OrderedSet, AutoIncrement = true, Storage = TableStorage.Disk)]
    public sealed record Job
    {
        public long Id { get; init; }
        public string? Text { get; init; }
    }
}
