using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;

namespace Memento.Silo;

/// <summary>Where the disk tables are.</summary>
internal static class Storage
{
    public static string ConnectionString(IConfiguration configuration)
        => configuration.GetSection(MementoOptions.Section)[nameof(MementoOptions.ConnectionString)]
            ?? new MementoOptions().ConnectionString;

    /// <summary>The storage for people: without what else a connection string may hold.</summary>
    public static string Describe(IConfiguration configuration)
        => "SQLite " + Path.GetFullPath(
            new SqliteConnectionStringBuilder(ConnectionString(configuration)).DataSource);
}
