using Memento.Tests.GrainStorages;
using Memento.Tests.PostgreSql;

namespace Memento.Tests.Samples;

/// <summary>The storage of the silo of <c>silo/</c>, which its settings choose.</summary>
public sealed class SiloStorageTests : IDisposable
{
    private const string Silo = "SiloProgram";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_serves_PostgreSQL_by_its_settings_alone()
    {
        await using var server = new PostgresUnderTest();

        string output = await ServeAsync("postgresql", server.ConnectionString);

        Assert.Matches("storage  PostgreSQL .+/test_", output);
        Assert.Equal(3201L, server.Execute("SELECT count(*) FROM memento.\"Movie\""));
    }

    [Fact]
    public async Task It_takes_the_options_of_its_storage_from_the_section_and_is_quiet_by_default()
    {
        await using var server = new PostgresUnderTest();

        string output = await ServeAsync("postgresql", null, new()
        {
            ["Memento__PostgreSql__ConnectionString"] = server.ConnectionString,
            ["Memento__PostgreSql__Schema"] = "films",
        });

        Assert.Equal(3201L, server.Execute("SELECT count(*) FROM films.\"Movie\""));
        Assert.DoesNotContain("info:", output, StringComparison.Ordinal);
        Assert.DoesNotContain("warn:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_serves_Redis_by_its_settings_alone()
    {
        string redis = $"{RedisServer.Require().ConnectionString},defaultDatabase=5";

        string output = await ServeAsync("redis", redis);

        Assert.Matches(@"storage  Redis 127\.0\.0\.1:\d+/5", output);
        Assert.Matches(
            "Movie +OrderedSet +Disk +3,201  Year", await ServeAsync("Redis", redis));
    }

    [Fact]
    public async Task A_missing_Redis_server_is_one_sentence_that_says_which_and_what_to_do()
        => Assert.Equal(
            "Error: Redis 127.0.0.1:1 does not answer, or refuses the connection. Check that the "
            + "server runs, and that Silo:Storage:ConnectionString has its address and password.",
            await FailAsync("Redis", "127.0.0.1:1"));

    [Fact]
    public async Task A_missing_server_is_one_sentence_that_says_which_and_what_to_do()
        => Assert.Equal(
            "Error: PostgreSQL 127.0.0.1:1/movies (schema 'memento') could not be opened: no "
            + "server answers there, or the connection broke. Check that the server runs, and "
            + "that the address in the connection string is right. (error: Failed to connect to "
            + "127.0.0.1:1)",
            await FailAsync("PostgreSql", "Host=127.0.0.1;Port=1;Database=movies;Username=m"));

    [Theory]
    [InlineData("oracle", "x", "Silo:Storage:Kind is 'oracle'. Give one of Sqlite, PostgreSql, R")]
    [InlineData("PostgreSql", null, "Silo:Storage:ConnectionString is missing, and PostgreSql n")]
    [InlineData("PostgreSql", "Hist=x", "The PostgreSQL connection string cannot be used: ")]
    [InlineData("sqlite", "Data Source=no/such/file.db", "SQLite ")]
    public async Task A_setting_that_is_wrong_is_named(
        string kind, string? connectionString, string message)
    {
        string errors = await FailAsync(kind, connectionString);

        Assert.StartsWith($"Error: {message}", errors);
        Assert.DoesNotContain("\n", errors);
    }

    /// <summary>What the silo says, from its start to its end, while the sample uses it.</summary>
    private async Task<string> ServeAsync(
        string kind, string? connectionString, Dictionary<string, string>? more = null)
    {
        (Dictionary<string, string> settings, string gateway) = FreePorts.Take();
        settings["Silo__Storage__Kind"] = kind;
        if (connectionString is not null)
            settings["Silo__Storage__ConnectionString"] = connectionString;
        foreach ((string key, string value) in more ?? [])
            settings[key] = value;
        await using ChildProgram silo = ChildProgram.Start(Silo, _folder.Path, settings);
        await silo.WaitForAsync("Ctrl+C stops it.");

        await using ChildProgram sample = ChildProgram.Start(
            "MoviesProgram", _folder.Path, environment: null, "--connect", gateway);
        Assert.Equal((0, ""), (await sample.WaitForEndAsync(), sample.Errors));
        await silo.TerminateAsync();

        Assert.Equal((0, ""), (await silo.WaitForEndAsync(), silo.Errors));
        Assert.False(File.Exists(_folder.File("silo.db")));
        return silo.Output;
    }

    private async Task<string> FailAsync(string kind, string? connectionString)
    {
        Dictionary<string, string> settings = FreePorts.Take().Settings;
        settings["Silo__Storage__Kind"] = kind;
        if (connectionString is not null)
            settings["Silo__Storage__ConnectionString"] = connectionString;
        await using ChildProgram silo = ChildProgram.Start(Silo, _folder.Path, settings);
        Assert.Equal(1, await silo.WaitForEndAsync());
        return silo.Errors;
    }
}
