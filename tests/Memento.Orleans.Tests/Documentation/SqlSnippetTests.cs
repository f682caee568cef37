using System.Data.Common;
using Memento.Tests.PostgreSql;
using Memento.Tests.Samples;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Memento.Tests.Documentation;

/// <summary>The SQL of the pages does what they say, on the databases that they name.</summary>
public sealed class SqlSnippetTests
{
    [Fact]
    public async Task The_SQL_for_SQLite_runs_on_a_file_of_the_store()
    {
        using var folder = new TemporaryFolder();
        string file = $"Data Source={folder.File("movies.db")}";
        await FillAsync(memento => memento.UseSqlite(file));

        await using var connection = new SqliteConnection($"{file};Pooling=False");
        await connection.OpenAsync();
        await ExecuteAsync(connection, "CREATE TABLE \"Movie$$unreadable\" AS SELECT * FROM Movie");
        await CompareFormAsync(
            connection,
            "sqlite-form",
            static table => "SELECT name, lower(type), \"notnull\", pk "
                + $"FROM pragma_table_info('{table}')");
        await RunAsync(connection, SqlSnippet.Of("sqlite"));
    }

    [Fact]
    public async Task The_SQL_for_PostgreSQL_runs_on_a_database_of_the_store()
    {
        await using var server = new PostgresUnderTest();
        await FillAsync(server.Use);

        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await ExecuteAsync(connection, "SET search_path TO memento");
        await ExecuteAsync(
            connection, "CREATE TABLE \"Movie$$unreadable\" AS SELECT * FROM \"Movie\"");
        await CompareFormAsync(
            connection,
            "postgresql-form",
            static table => "SELECT column_name, data_type, is_nullable, ordinal_position "
                + "FROM information_schema.columns "
                + $"WHERE table_name = '{table}' ORDER BY ordinal_position");
        await RunAsync(connection, SqlSnippet.Of("postgresql"));
    }

    [Fact]
    public void All_SQL_of_the_pages_says_which_database_it_is_for()
        => Assert.Empty(SqlSnippet.WithoutDatabase());

    private static async Task FillAsync(Action<IMementoBuilder> useStorage)
    {
        await using MementoHost host = await MementoHost.StartAsync(memento =>
        {
            useStorage(memento);
            memento.AddTable<global::Movies.Tables.Movie>();
        });
        await host.Memento.Table<global::Movies.Tables.Movie>().PutAsync(
            new global::Movies.Tables.Movie
            {
                Title = "Rush",
                Director = "Ron Howard",
                Year = 2013,
            });
    }

    /// <summary>A table as the page shows it has the columns of the table that there is.</summary>
    private static async Task CompareFormAsync(
        DbConnection connection, string name, Func<string, string> columnsOf)
    {
        SqlSnippet form = Assert.Single(SqlSnippet.Of(name));
        await ExecuteAsync(
            connection, form.Text.Replace("\"Movie\"", "\"Shown\"", StringComparison.Ordinal));
        List<string> shown = await ReadAsync(connection, columnsOf("Shown"));
        Assert.Equal(3, shown.Count);
        Assert.Equal(await ReadAsync(connection, columnsOf("Movie")), shown);
    }

    /// <summary>Each query has an answer: one that finds nothing shows nothing.</summary>
    private static async Task RunAsync(DbConnection connection, IReadOnlyList<SqlSnippet> snippets)
    {
        Assert.NotEmpty(snippets);
        foreach (SqlSnippet snippet in snippets.OrderBy(
            static each => each.Text.StartsWith("DROP SCHEMA", StringComparison.Ordinal)))
        {
            foreach (string statement in snippet.Statements)
            {
                bool found = await ExecuteAsync(connection, statement);
                Assert.True(
                    found || !statement.StartsWith("SELECT", StringComparison.Ordinal),
                    $"{snippet.Page}:{snippet.Line} finds nothing: {statement}");
            }
        }
    }

    private static async Task<bool> ExecuteAsync(DbConnection connection, string statement)
        => (await ReadAsync(connection, statement)).Count > 0;

    /// <summary>The rows of an answer, each as a text.</summary>
    private static async Task<List<string>> ReadAsync(DbConnection connection, string statement)
    {
        await using DbCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are those of the pages and of this test.
        command.CommandText = statement;
#pragma warning restore CA2100
        await using DbDataReader reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join(
                '|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
        }

        return rows;
    }
}
