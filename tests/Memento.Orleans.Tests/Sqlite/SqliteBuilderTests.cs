using Memento.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Sqlite;

public sealed class SqliteBuilderTests
{
    [Fact]
    public async Task UseSqlite_chooses_the_storage()
    {
        var builder = new FakeMementoBuilder();
        Assert.Same(builder, builder.UseSqlite(
            "Data Source=/data/movies.db",
            options => options.Durability = StorageDurability.Written));
        await using var storage = builder.Create!(builder.Services.BuildServiceProvider());
        Assert.IsType<SqliteJournalStorage>(storage);
        Assert.Equal("SQLite /data/movies.db", storage.Description);
    }

    [Fact]
    public void UseSqlite_reports_a_mistake_at_once()
    {
        var builder = new FakeMementoBuilder();
        Assert.Throws<StorageException>(() => builder.UseSqlite("Data Source=:memory:"));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.UseSqlite(
            "Data Source=x", options => options.BusyTimeout = TimeSpan.FromSeconds(-1)));
    }
}
