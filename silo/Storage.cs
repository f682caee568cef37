using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;

namespace Memento.Silo;

/// <summary>The storage of the disk tables.</summary>
internal static class Storage
{
    public static string ConnectionString(IConfiguration configuration)
        => configuration.GetSection(MementoOptions.Section)[nameof(MementoOptions.ConnectionString)]
            ?? new MementoOptions().ConnectionString;

    /// <summary>The storage for people, without the other parts of its connection string.</summary>
    public static string Describe(IConfiguration configuration)
        => "SQLite " + Path.GetFullPath(
            new SqliteConnectionStringBuilder(ConnectionString(configuration)).DataSource);
}
