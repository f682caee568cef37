namespace Memento.Benchmarks;

/// <summary>Where the table under test is.</summary>
/// <param name="name">Its name, one of <see cref="Names"/>.</param>
/// <param name="directory">Where a SQLite file, or a server's data, may be.</param>
/// <param name="postgreSql">The server; null if no table is there.</param>
internal sealed class BenchmarkStorage(string name, string directory, PostgreSqlServer? postgreSql)
{
    public const string Ram = "ram";
    public const string Disk = "disk";
    public const string PostgreSql = "postgresql";

    public static IReadOnlyList<string> Names { get; } = [Ram, Disk, PostgreSql];

    public string Name => name;

    public bool IsDurable => name != Ram;

    public TableStorage Kind => IsDurable ? TableStorage.Disk : TableStorage.Ram;

    /// <summary>The server, where it is a bare loop's too.</summary>
    public PostgreSqlServer? Server => postgreSql;

    public void Use(IMementoBuilder builder)
    {
        if (name == Disk)
            builder.UseSqlite($"Data Source={Path.Combine(directory, "benchmark.db")}");
        if (postgreSql is not null)
        {
            builder.UsePostgreSql(
                postgreSql.ConnectionString, options => options.Schema = PostgreSqlServer.Schema);
        }
    }
}
