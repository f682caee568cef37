using System.Data;
using System.Data.Common;
using Npgsql;

namespace Memento.Storage.PostgreSql;

/// <summary>
/// The SQL of Orleans' ADO.NET providers, which they read from the table OrleansQuery. It is in the
/// schema of the records. The providers bring none.
/// </summary>
internal static class PostgreSqlQueries
{
    private const string Table =
        """
        CREATE TABLE IF NOT EXISTS SCHEMA.OrleansQuery (
            QueryKey text NOT NULL PRIMARY KEY,
            QueryText text NOT NULL
        );

        """;

    private const string Insert =
        """
        INSERT INTO SCHEMA.OrleansQuery VALUES ($1, $2)
        ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText
        """;

    /// <summary>Adds the making of a provider's tables and queries to a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="settings">The database and the schema.</param>
    /// <param name="tables">The tables; SCHEMA stands for the schema.</param>
    /// <param name="queries">The queries under the names that the provider knows.</param>
    public static void Add(
        NpgsqlBatch batch,
        PostgreSqlSettings settings,
        string tables,
        IEnumerable<(string Key, string Text)> queries)
    {
        foreach (string table in Qualify(Table + tables).Split(
            ';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            batch.BatchCommands.Add(new NpgsqlBatchCommand(table));
        foreach ((string key, string text) in queries)
        {
            var command = new NpgsqlBatchCommand(Qualify(Insert));
            command.Parameters.Add(new NpgsqlParameter { Value = key });
            command.Parameters.Add(new NpgsqlParameter { Value = Qualify(text) });
            batch.BatchCommands.Add(command);
        }

        string Qualify(string text) =>
            text.Replace("SCHEMA", settings.QuotedSchema, StringComparison.Ordinal);
    }

    /// <summary>
    /// The connections of a provider. It names OrleansQuery without a schema, so they look in ours
    /// only.
    /// </summary>
    public static DbDataSource SourceOf(PostgreSqlSettings settings) => new SchemaSource(settings);

    private sealed class SchemaSource(PostgreSqlSettings settings) : DbDataSource
    {
        public override string ConnectionString => settings.Source.ConnectionString;

        protected override DbConnection CreateDbConnection()
        {
            var connection = settings.Source.CreateConnection();
            connection.StateChange += (_, change) =>
            {
                if (change.CurrentState != ConnectionState.Open) return;
                using var command = new NpgsqlCommand(
                    $"SET search_path TO {settings.QuotedSchema}", connection);
                command.ExecuteNonQuery();
            };
            return connection;
        }
    }
}
