using Memento.Tests.Samples;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Memento.Tests.Hosting;

/// <summary>The sections <c>Memento:Sqlite</c> and <c>Memento:PostgreSql</c>.</summary>
public sealed class StorageOptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Options_of_SQLite_bind_from_their_section_and_code_counts_over_them()
    {
        SqliteOptions options = Read<SqliteOptions>(
            static memento => memento.UseSqlite(
                "Data Source=code.db", static sqlite => sqlite.Durability = default),
            ("Memento:Sqlite:ConnectionString", "Data Source=section.db"),
            ("Memento:Sqlite:Durability", "Written"),
            ("Memento:Sqlite:BusyTimeout", "00:00:09"));

        Assert.Equal("Data Source=code.db", options.ConnectionString);
        Assert.Equal(StorageDurability.Fsynced, options.Durability);
        Assert.Equal(TimeSpan.FromSeconds(9), options.BusyTimeout);
    }

    [Fact]
    public void Options_of_PostgreSQL_bind_from_their_section_and_code_counts_over_them()
    {
        PostgreSqlOptions options = Read<PostgreSqlOptions>(
            static memento => memento.UsePostgreSql(static set => set.Schema = "code"),
            ("Memento:PostgreSql:ConnectionString", "Host=section"),
            ("Memento:PostgreSql:Durability", "Written"),
            ("Memento:PostgreSql:Schema", "section"));

        Assert.Equal(
            ("Host=section", StorageDurability.Written, "code"),
            (options.ConnectionString, options.Durability, options.Schema));
    }

    [Theory]
    [InlineData("Memento:Sqlite:BusyTimeout", "00:00:00", "BusyTimeout is 00:00:00; it must be at")]
    [InlineData("Memento:Sqlite:Durability", "7", "Durability is 7; it must be one of Fsynced, W")]
    [InlineData("Memento:Sqlite:ConnectionString", " ", "ConnectionString is empty; give one")]
    [InlineData("Memento:Sqlite:BusyTimout", "1", "BusyTimout is no option of the storage. There "
        + "are BusyTimeout, ConnectionString, Durability")]
    public void A_wrong_option_of_the_section_is_named(string key, string value, string message)
        => Assert.Contains(
            $"Memento:Sqlite:{message}",
            Assert.Throws<OptionsValidationException>(() => Read<SqliteOptions>(
                static memento => memento.UseSqlite(), (key, value))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("Memento:PostgreSql:Schema", "pg_x", "Schema 'pg_x' cannot be the name of a sch")]
    [InlineData("Memento:PostgreSql:Shema", "x", "Shema is no option of the storage. There are C")]
    public void A_wrong_option_of_the_section_of_PostgreSQL_is_named(
        string key, string value, string message)
        => Assert.Contains(
            $"Memento:PostgreSql:{message}",
            Assert.Throws<OptionsValidationException>(() => Read<PostgreSqlOptions>(
                static memento => memento.UsePostgreSql(), (key, value))).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task A_missing_connection_string_is_named_at_the_start()
    {
        var error = await Assert.ThrowsAsync<StorageException>(async () =>
        {
            await using MementoHost host = await MementoHost.StartAsync(
                static memento => memento.AddTable<OptionRow>().UsePostgreSql());
        });
        Assert.StartsWith(
            "Memento:PostgreSql:ConnectionString is missing", error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_file_of_the_section_is_used_chosen_or_as_the_default(bool isChosen)
    {
        string file = _folder.File("section.db");
        await using (MementoHost host = await MementoHost.StartAsync(
            memento =>
            {
                memento.AddTable<OptionRow>();
                if (isChosen) memento.UseSqlite();
            },
            application => application.Configuration["Memento:Sqlite:ConnectionString"] =
                $"Data Source={file}"))
        {
            await host.Memento.Table<OptionRow>().PutAsync(new OptionRow { Text = "kept" });
        }

        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task A_section_of_a_storage_is_checked_where_it_is_the_default_too()
        => Assert.Contains(
            "Memento:Sqlite:BusyTimeout is",
            (await Assert.ThrowsAsync<OptionsValidationException>(async () =>
            {
                await using MementoHost host = await MementoHost.StartAsync(
                    static memento => memento.AddTable<OptionRow>(),
                    application => application.Configuration["Memento:Sqlite:BusyTimeout"] =
                        "02:00:00");
            })).Message,
            StringComparison.Ordinal);

    private static TOptions Read<TOptions>(
        Action<IMementoBuilder> configure, params (string Key, string Value)[] settings)
        where TOptions : class
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection(
            settings.Select(static each => KeyValuePair.Create(each.Key, (string?)each.Value)));
        builder.UseOrleans(silo => silo.UseLocalhostClustering().AddMemento(configure));
        using IHost host = builder.Build();
        return host.Services.GetRequiredService<IOptions<TOptions>>().Value;
    }
}

/// <summary>A record on disk.</summary>
[Table(Storage = TableStorage.Disk, Partitions = 2)]
public sealed record OptionRow
{
    public int Id { get; init; }
    public string Text { get; init; } = "";
}
