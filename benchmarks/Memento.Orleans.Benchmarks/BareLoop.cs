using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Memento.Benchmarks;

/// <summary>
/// Writes the same batches to PostgreSQL as the store does, one after the other, with nothing
/// around them: the most that the store can reach.
/// </summary>
internal static class BareLoop
{
    private const string Schema = "memento_benchmark_bare";
    private const int Partitions = 16;

    private static readonly string Document =
        $$"""{"Id": 1234, "Body": "{{new string('y', Entry.BodyLength)}}", "Balance": 1000, """
        + """ "Group": 12, "Section": 12}""";

    /// <summary>How many rows a second can be written in batches of this size.</summary>
    public static async Task<double> MeasureAsync(
        PostgreSqlServer server, TableSize size, int rowsPerBatch, TimeSpan duration)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await using NpgsqlConnection connection = await source.OpenConnectionAsync();
        await ExecuteAsync(connection, $"DROP SCHEMA IF EXISTS {Schema} CASCADE");
        await MakeAsync(connection, size);
        var random = new Random(1);
        long rows = 0;
        long started = Stopwatch.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            await WriteAsync(connection, random, size, rowsPerBatch);
            rows += rowsPerBatch;
            elapsed = Stopwatch.GetElapsedTime(started);
        }
        while (elapsed < duration);

        await ExecuteAsync(connection, $"DROP SCHEMA {Schema} CASCADE");
        return rows / elapsed.TotalSeconds;
    }

    private static async Task MakeAsync(NpgsqlConnection connection, TableSize size)
    {
        await ExecuteAsync(
            connection,
            $"""
            CREATE SCHEMA {Schema};
            CREATE TABLE {Schema}.epoch (
                name text, partition integer, epoch bigint, PRIMARY KEY (name, partition));
            INSERT INTO {Schema}.epoch SELECT 'Entry', generate_series(0, {Partitions - 1}), 1;
            CREATE TABLE {Schema}.entry (
                partition integer, key bytea, doc jsonb, PRIMARY KEY (partition, key));
            """);
        for (int first = 0; first < size.Records; first += 1_000)
        {
            int from = first;
            await WriteAsync(
                connection, 1_000, index => from + index, CancellationToken.None);
        }
    }

    private static Task WriteAsync(
        NpgsqlConnection connection, Random random, TableSize size, int rows)
    {
        var keys = new HashSet<int>(rows);
        while (keys.Count < Math.Min(rows, size.Records))
            keys.Add(random.Next(size.Records));
        int[] chosen = [.. keys];
        return WriteAsync(
            connection, chosen.Length, index => chosen[index], CancellationToken.None);
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection,
        int rows,
        Func<int, int> keyOf,
        CancellationToken cancellationToken)
    {
        var partitions = new int[rows];
        byte[][] keys = new byte[rows][];
        byte[][] documents = new byte[rows][];
        for (int i = 0; i < rows; i++)
        {
            int key = keyOf(i);
            partitions[i] = key % Partitions;
            keys[i] = Encoding.ASCII.GetBytes(key.ToString("D8", CultureInfo.InvariantCulture));
            documents[i] = Encoding.UTF8.GetBytes(Document);
        }

        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            SELECT count(*) FROM (
                SELECT FROM {Schema}.epoch AS e JOIN unnest($1) AS r(partition)
                ON e.name = 'Entry' AND e.partition = r.partition AND e.epoch = 1
                FOR SHARE OF e) AS held
            """)
        {
            Parameters = { Array(NpgsqlDbType.Integer, partitions.Distinct().ToArray()) },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            INSERT INTO {Schema}.entry
            SELECT r.partition, r.key, convert_from(r.doc, 'UTF8')::jsonb
            FROM unnest($1, $2, $3) AS r(partition, key, doc)
            ON CONFLICT (partition, key) DO UPDATE SET doc = excluded.doc
            """)
        {
            Parameters =
            {
                Array(NpgsqlDbType.Integer, partitions),
                Array(NpgsqlDbType.Bytea, keys),
                Array(NpgsqlDbType.Bytea, documents),
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Array(NpgsqlDbType type, object values)
        => new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values };

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }
}
