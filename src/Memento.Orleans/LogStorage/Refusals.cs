using System.Data.Common;

namespace Memento.LogStorage;

/// <summary>
/// Tells the answers of a storage from what may be a lost answer. What is not known for an answer
/// counts as lost, which costs a look at the storage and nothing else.
/// </summary>
internal static class Refusals
{
    // Orleans' provider for Redis gives the type of the error only as a text.
    private const string OfRedis = "StackExchange.Redis.RedisServerException";
    private const string OfPostgreSql = "Npgsql.PostgresException";
    private const string OfSqlite = "Microsoft.Data.Sqlite.SqliteException";

    /// <summary>After an error of the disk, SQLite may have kept what it wrote.</summary>
    private const string SqliteDiskError = "SQLite Error 10:";

    public static bool IsRefusal(Exception failure)
    {
        for (Exception? each = failure; each is not null; each = each.InnerException)
        {
            if (each is DbException { SqlState: { } state }
                && each.GetType().FullName == OfPostgreSql)
            {
                return !IsOfConnection(state);
            }

            if (each.Message.Contains(OfRedis, StringComparison.Ordinal)) return true;
            if (each.GetType().FullName == OfSqlite)
                return !each.Message.StartsWith(SqliteDiskError, StringComparison.Ordinal);
        }

        return false;
    }

    /// <summary>
    /// The classes of PostgreSQL after which the answer to a commit may be
    /// lost: the connection, the operator, the system.
    /// </summary>
    private static bool IsOfConnection(string state)
        => state.StartsWith("08", StringComparison.Ordinal)
            || state.StartsWith("57", StringComparison.Ordinal)
            || state.StartsWith("58", StringComparison.Ordinal)
            || state.StartsWith("XX", StringComparison.Ordinal)
            || state == "40003";
}
