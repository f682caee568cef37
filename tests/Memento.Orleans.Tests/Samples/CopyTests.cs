using Memento.Tests.GrainStorages;
using Memento.Tests.PostgreSql;
using Microsoft.Data.Sqlite;
using Movies.Tables;
using Npgsql;

namespace Memento.Tests.Samples;

/// <summary>The command of the silo that copies a storage into another one.</summary>
public sealed class CopyTests : IAsyncDisposable
{
    private const string Silo = "SiloProgram";

    private readonly TemporaryFolder _folder = new();
    private readonly PostgresUnderTest _server = new();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_copy_from_SQLite_to_PostgreSQL_and_back_has_all_that_there_was()
    {
        await RunSampleAsync();
        long given = 0;
        await UseAsync(File("silo.db"), async memento =>
        {
            await memento.Tables.AddIndexAsync<Movie>("Genre");
            for (int stars = 1; stars <= 5; stars++)
            {
                await memento.Table<Review>().PutAsync(
                    new Review { MovieId = 7, Author = "a", Stars = stars, Text = "t" });
            }

            // The highest number has no record any more, and is not given again.
            given = (await memento.Table<Movie>().PutAsync(new Movie { Title = "gone" })).Id;
            await memento.Table<Movie>().DeleteAsync(given);
        });

        (int thereExit, string there, string thereErrors) = await CopyAsync(
            FromSqlite(), _server.ConnectionString);
        (int backExit, string back, string backErrors) = await CopyAsync(
            FromPostgres(), File("back.db"));

        Assert.Equal((0, "", 0, ""), (thereExit, thereErrors, backExit, backErrors));
        Assert.StartsWith($"Copying SQLite {_folder.File("silo.db")}", there);
        Assert.Matches(@"Movie +3,201 of +3,201 records +[\d,]+/s", there);
        Assert.Matches(@"Copied 3,\d+ records of 4 tables in [\d.,]+ s\.", there);
        Assert.Contains("Both storages have the same records.", back);
        foreach (string table in (string[])["Movie", "Rental", "Review", "Import"])
        {
            List<string> before = Documents("silo.db", table);
            Assert.NotEmpty(before);
            Assert.Equal(before, Documents("back.db", table));
        }

        await UseAsync(File("back.db"), async memento =>
        {
            Assert.Contains(
                new IndexInfo("Genre", unique: false),
                (await memento.Tables.InfoAsync<Movie>()).Indexes);
            Assert.True((await memento.Table<Movie>().PutAsync(new Movie())).Id > given);
            Assert.Equal(
                [1, 2, 3, 4, 5],
                (await memento.TransactionAsync(async tx => await tx.ReadAllAsync<Review>(7L)))
                    .Where(static review => review.Author == "a")
                    .Select(static review => review.Stars));
        });
    }

    [Fact]
    public async Task A_copy_to_Redis_and_back_has_all_that_there_was()
    {
        string redis = $"{RedisServer.Require().ConnectionString},defaultDatabase=6";
        await RunSampleAsync();
        Dictionary<string, string> fromRedis = FreePorts.Take().Settings;
        fromRedis["Silo__Storage__Kind"] = "Redis";
        fromRedis["Silo__Storage__ConnectionString"] = redis;

        (int thereExit, _, string thereErrors) = await CopyAsync(FromSqlite(), redis);
        (int backExit, _, string backErrors) = await CopyAsync(fromRedis, File("back.db"));

        Assert.Equal((0, "", 0, ""), (thereExit, thereErrors, backExit, backErrors));
        Assert.Equal(Documents("silo.db", "Movie"), Documents("back.db", "Movie"));
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_not_made()
    {
        (int exit, _, string errors) = await CopyAsync(FromSqlite(), File("other.db"));

        Assert.Equal(1, exit);
        Assert.Equal(
            $"Error: There is no SQLite file {_folder.File("silo.db")} to copy from. Name it in "
            + "Silo:Storage:ConnectionString.",
            errors);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_copy_into_a_storage_that_has_records_is_refused_and_goes_on_when_told()
    {
        await RunSampleAsync();
        await UseAsync(File("other.db"), memento => memento.Table<Movie>().PutAsync(
            new Movie { Id = 1, Title = "written over" }).AsTask());

        (int exit, _, string errors) = await CopyAsync(FromSqlite(), File("other.db"));
        (int toldExit, _, string toldErrors) = await CopyAsync(
            FromSqlite(), File("other.db"), "--continue");

        Assert.Equal(1, exit);
        Assert.Equal(
            "Error: The target has records already: Movie (1). Copy into an empty one, or add "
            + "--continue: records of the same key are written over, and the others stay.",
            errors);
        Assert.Equal((0, ""), (toldExit, toldErrors));
        Assert.Equal(Documents("silo.db", "Movie"), Documents("other.db", "Movie"));
    }

    [Fact]
    public async Task Records_that_only_the_target_has_stay_and_are_told_at_the_end()
    {
        await RunSampleAsync();
        await UseAsync(File("other.db"), memento => memento.Table<Movie>().PutAsync(
            new Movie { Id = 1_000_000, Title = "other" }).AsTask());

        List<long> given = [];
        for (int time = 1; time <= 2; time++)
        {
            (int exit, string output, string errors) = await CopyAsync(
                FromSqlite(), File("other.db"), "--continue");

            Assert.Equal((0, ""), (exit, errors));
            Assert.Contains(
                "Movie has 1 records in the target only. They were not in the source, and stay.",
                output);
            Assert.EndsWith("All records of the source are in the target.", output.TrimEnd());
            await UseAsync(File("other.db"), async memento =>
                given.Add(await memento.Tables.ReserveNumbersAsync<Movie>(0)));
        }

        // Numbers do not jump.
        Assert.Equal(given[0], given[1]);
    }

    [Fact]
    public async Task A_record_that_the_target_has_stored_otherwise_is_told()
    {
        await RunSampleAsync();
        await UseAsync(File("other.db"), static _ => Task.CompletedTask);
        using (var connection = new SqliteConnection($"{File("other.db")};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = """
                CREATE TRIGGER spoil AFTER INSERT ON "Movie" WHEN new.doc ->> 'Id' = 7
                BEGIN
                    UPDATE "Movie" SET doc = json_set(new.doc, '$.Title', 'spoilt')
                    WHERE partition = new.partition AND key = new.key;
                END
                """;
            command.ExecuteNonQuery();
        }

        (int exit, _, string errors) = await CopyAsync(FromSqlite(), File("other.db"));

        Assert.Equal(1, exit);
        Assert.StartsWith(
            "Error: The copy is not the same: Movie does not have this record of the source in "
            + "the target: {\"Id\":7,",
            errors);
    }

    [Fact]
    public async Task A_copy_that_was_interrupted_is_begun_again()
    {
        await RunSampleAsync();
        await UseAsync(null, static _ => Task.CompletedTask);
        await using NpgsqlConnection reader = new(_server.ConnectionString);
        await reader.OpenAsync();
        await using NpgsqlTransaction holding = await reader.BeginTransactionAsync();
        await ExecuteAsync(reader, "LOCK TABLE memento.\"Movie\" IN SHARE MODE");

        await using ChildProgram copy = ChildProgram.Start(
            Silo, _folder.Path, FromSqlite(), "--copy-to", _server.ConnectionString);
        await copy.WaitForAsync("Import");
        await copy.InterruptAsync();
        await holding.CommitAsync();
        int interruptedExit = await copy.WaitForEndAsync();
        (int exit, string output, string errors) = await CopyAsync(
            FromSqlite(), _server.ConnectionString, "--continue");

        Assert.Equal(1, interruptedExit);
        Assert.Equal(
            $"Error: The copy was interrupted. The records of SQLite {_folder.File("silo.db")} are "
            + "as they were. Run the command again with --continue.",
            copy.Errors);
        Assert.Equal((0, ""), (exit, errors));
        Assert.Contains("Both storages have the same records.", output);
        Assert.Equal(3201L, _server.Execute("SELECT count(*) FROM memento.\"Movie\""));
    }

    [Fact]
    public async Task A_table_whose_type_is_missing_keeps_the_copy_from_beginning()
    {
        await RunSampleAsync();
        Dictionary<string, string> settings = FromSqlite();
        settings["Silo__HostSamples"] = "false";
        settings["Silo__Assemblies__0"] =
            typeof(global::Memento.CrashChild.CrashAccount).Assembly.Location;

        (int exit, _, string errors) = await CopyAsync(settings, File("other.db"));

        Assert.Equal(1, exit);
        Assert.StartsWith("Error: The storage has tables without a type here: Import, Mov", errors);
        Assert.EndsWith("Name the assemblies with their types in Silo:Assemblies.", errors);
    }

    [Theory]
    [InlineData("--copy-to needs the connection string", "--copy-to")]
    [InlineData("--continue is for a copy.", "--continue")]
    [InlineData("The storage to copy to is not known", "--copy-to", "movies")]
    [InlineData("PostgreSQL ::1:1/m (schema", "--copy-to", "Host=::1;Port=1;Database=m")]
    public async Task A_copy_that_cannot_begin_says_why(string message, params string[] arguments)
    {
        await UseAsync(File("silo.db"), static _ => Task.CompletedTask);

        await using ChildProgram copy = ChildProgram.Start(
            Silo, _folder.Path, FromSqlite(), arguments);

        Assert.Equal(1, await copy.WaitForEndAsync());
        Assert.StartsWith($"Error: {message}", copy.Errors);
        Assert.DoesNotContain("\n", copy.Errors);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static Dictionary<string, string> FromSqlite() => FreePorts.Take().Settings;

    private Dictionary<string, string> FromPostgres()
    {
        Dictionary<string, string> settings = FreePorts.Take().Settings;
        settings["Silo__Storage__Kind"] = "PostgreSql";
        settings["Silo__Storage__ConnectionString"] = _server.ConnectionString;
        return settings;
    }

    private string File(string name) => $"Data Source={_folder.File(name)}";

    private async Task RunSampleAsync()
    {
        await using ChildProgram sample = ChildProgram.Start(
            "MoviesProgram", _folder.Path, environment: null, "--database", "silo.db");
        Assert.Equal(0, await sample.WaitForEndAsync());
    }

    private async Task<(int Exit, string Output, string Errors)> CopyAsync(
        Dictionary<string, string> settings, string target, params string[] more)
    {
        await using ChildProgram copy = ChildProgram.Start(
            Silo, _folder.Path, settings, ["--copy-to", target, .. more]);
        int exit = await copy.WaitForEndAsync();
        return (exit, copy.Output, copy.Errors);
    }

    /// <param name="file">The file; null: the server.</param>
    /// <param name="use">What is done with the store.</param>
    private async Task UseAsync(string? file, Func<IMemento, Task> use)
    {
        await using MementoHost host = await MementoHost.StartAsync(memento =>
        {
            memento.AddTables(typeof(Movie).Assembly);
            if (file is null)
                _server.Use(memento);
            else
                memento.UseSqlite(file);
        });
        await use(host.Memento);
    }

    private List<string> Documents(string file, string table)
    {
        using var connection = new SqliteConnection($"{File(file)};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT partition, doc FROM \"{table}\" ORDER BY partition, key";
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> documents = [];
        while (reader.Read())
            documents.Add($"{reader.GetInt32(0)} {reader.GetString(1)}");
        return documents;
    }
}
