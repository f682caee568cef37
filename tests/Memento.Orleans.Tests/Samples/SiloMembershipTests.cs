using Memento.Tests.Conformance;
using Memento.Tests.GrainStorages;
using Memento.Tests.PostgreSql;
using Movies;
using Movies.Tables;

namespace Memento.Tests.Samples;

/// <summary>The silo of <c>silo/</c> in a cluster, which its settings choose.</summary>
public sealed class SiloMembershipTests : IDisposable
{
    private const string Silo = "SiloProgram";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Silos_that_start_at_once_in_a_new_database_are_one_cluster()
    {
        await using var server = new PostgresUnderTest();
        await using ChildProgram one = Start("PostgreSql", server.ConnectionString);
        await using ChildProgram another = Start("PostgreSql", server.ConnectionString);
        await one.WaitForAsync("Ctrl+C stops it.");
        await another.WaitForAsync("Ctrl+C stops it.");
        await using (Store store = await Store.ConnectAsync(
            StoreAddress.Parse(server.ConnectionString)!, CancellationToken.None).Within())
        {
            await store.Memento.Table<Movie>().PutAsync(new Movie { Title = "Up" }).Within();
            await Waiting.UntilAsync(
                async () => (await store.Memento.Tables.InfoAsync<Movie>()).Partitions
                    .DistinctBy(static partition => partition.Silo).Count() == 2,
                "both have partitions");
        }

        await one.TerminateAsync();
        await another.TerminateAsync();

        Assert.Equal((0, ""), (await one.WaitForEndAsync(), one.Errors));
        Assert.Equal((0, ""), (await another.WaitForEndAsync(), another.Errors));
        Assert.Matches("cluster  memento, found in PostgreSQL .+/test_", one.Output);
        Assert.Equal(1L, server.Execute("SELECT count(*) FROM memento.\"Movie\""));
    }

    [Fact]
    public async Task A_client_finds_the_silos_of_a_cluster_in_Redis()
    {
        string redis = $"{RedisServer.Require().ConnectionString},defaultDatabase=7";
        await using ChildProgram silo = Start("redis", redis);
        await silo.WaitForAsync("Ctrl+C stops it.");

        await using Store store = await Store.ConnectAsync(
            StoreAddress.Parse($"redis://{redis}")!, CancellationToken.None).Within();

        await store.Memento.Table<Movie>().PutAsync(new Movie { Title = "Up" }).Within();
        Assert.Matches(@"cluster  memento, found in Redis 127\.0\.0\.1:\d+/7", silo.Output);
    }

    [Fact]
    public async Task A_client_of_a_database_without_silos_says_so()
    {
        await using var server = new PostgresUnderTest();

        var error = await Assert.ThrowsAsync<StorageException>(() => Store.ConnectAsync(
            StoreAddress.Parse(server.ConnectionString)!, CancellationToken.None));

        Assert.Contains("has no cluster: no silo has started there yet.", error.Message);
    }

    [Theory]
    [InlineData("Kind", "Consul", "Silo:Cluster:Kind is 'Consul'. Give one of None, PostgreSql, R")]
    [InlineData("Kind", "Redis", "Silo:Cluster:ConnectionString is missing, and Redis needs ")]
    [InlineData("Address", "here", "Silo:Cluster:Address is 'here'. Give the IP address of th")]
    [InlineData("Address", "192.0.2.1", "Silo:Cluster:Address is 192.0.2.1, which is no address o")]
    [InlineData("ClusterId", " ", "Silo:Cluster:ClusterId is empty. Give the cluster a name, or")]
    public async Task A_setting_that_is_wrong_is_named(string setting, string value, string message)
        => Assert.StartsWith(
            $"Error: {message}",
            await FailAsync(
                "PostgreSql", "Host=127.0.0.1;Port=1;Database=m;Username=m", setting, value));

    [Fact]
    public async Task A_file_of_SQLite_is_refused_in_a_cluster()
        => Assert.Equal(
            "Error: Silo:Cluster:Kind is PostgreSql, and Silo:Storage:Kind is Sqlite, whose file "
            + "only one silo can have. Keep the tables in PostgreSql or Redis.",
            await FailAsync("Sqlite", "Data Source=silo.db", "Kind", "PostgreSql"));

    private ChildProgram Start(string kind, string connectionString)
    {
        Dictionary<string, string> settings = Settings(kind, connectionString);
        settings["Silo__Cluster__Kind"] = kind;
        return ChildProgram.Start(Silo, _folder.Path, settings);
    }

    private async Task<string> FailAsync(
        string kind, string connectionString, string setting, string value)
    {
        Dictionary<string, string> settings = Settings(kind, connectionString);
        settings[$"Silo__Cluster__{setting}"] = value;
        await using ChildProgram silo = ChildProgram.Start(Silo, _folder.Path, settings);
        Assert.Equal(1, await silo.WaitForEndAsync());
        Assert.DoesNotContain("\n", silo.Errors);
        return silo.Errors;
    }

    private static Dictionary<string, string> Settings(string kind, string connectionString)
    {
        Dictionary<string, string> settings = FreePorts.Take().Settings;
        settings["Silo__Storage__Kind"] = kind;
        settings["Silo__Storage__ConnectionString"] = connectionString;
        return settings;
    }
}
