using Memento;
using Npgsql;
using Orleans.Configuration;

namespace Cluster;

/// <summary>
/// The schema of a PostgreSQL database that this cluster has for itself: its tables, and its
/// membership, by which silos and clients find each other.
/// </summary>
/// <param name="ConnectionString">How the database is reached.</param>
/// <param name="Schema">The schema.</param>
internal sealed record Place(string ConnectionString, string Schema)
{
    private const string ConnectionVariable = "CLUSTER_SILO_POSTGRES";
    private const string SchemaVariable = "CLUSTER_SILO_SCHEMA";
    private const string Id = "cluster-sample";
    private const int Dead = (int)SiloStatus.Dead;

    /// <summary>The place that the parent has put into the environment of a silo.</summary>
    public static Place FromEnvironment()
        => new(
            Environment.GetEnvironmentVariable(ConnectionVariable)
                ?? throw new ClusterException("A silo is started by the program itself."),
            Environment.GetEnvironmentVariable(SchemaVariable)!);

    /// <summary>
    /// Puts it into the environment of a silo. A password must not be in a command line.
    /// </summary>
    public void AddTo(IDictionary<string, string?> environment)
    {
        environment[ConnectionVariable] = ConnectionString;
        environment[SchemaVariable] = Schema;
    }

    /// <summary>Lets a silo join the cluster, and keeps the disk tables in the database.</summary>
    public void Use(ISiloBuilder silo) => silo
        .UsePostgreSqlClustering(ConnectionString, options => options.Schema = Schema)
        .Configure<ClusterOptions>(static options => options.ClusterId = options.ServiceId = Id)
        .AddMemento(memento => memento
            .UsePostgreSql(ConnectionString, options => options.Schema = Schema)
            .AddTables(typeof(Account).Assembly));

    /// <summary>Lets a client find the silos.</summary>
    public void Use(IClientBuilder client) => client
        .UsePostgreSqlClustering(ConnectionString, options => options.Schema = Schema)
        .Configure<ClusterOptions>(static options => options.ClusterId = options.ServiceId = Id)
        .AddMemento(static memento => memento.AddTables(typeof(Account).Assembly));

    /// <summary>Whether the membership says that the silo on a port is dead.</summary>
    public async Task<bool> IsDeadAsync(int siloPort, CancellationToken cancellationToken)
        => await ReadAsync<long>(
            $"""
            SELECT count(*) FROM "{Schema}".orleansmembershiptable AS one
            WHERE port = {siloPort} AND status = {Dead} AND NOT EXISTS (
                SELECT FROM "{Schema}".orleansmembershiptable AS other
                WHERE other.port = one.port AND other.status <> {Dead})
            """,
            cancellationToken) > 0;

    /// <summary>The sum of all balances, as it is on disk.</summary>
    public async Task<decimal> SumAsync(CancellationToken cancellationToken)
        => await ReadAsync<decimal>(
            $"SELECT sum((doc->>'Balance')::bigint) FROM \"{Schema}\".\"Account\"",
            cancellationToken);

    /// <summary>
    /// How many accounts have another balance on disk than their receipts there say.
    /// </summary>
    public async Task<long> WrongBalancesAsync(long first, CancellationToken cancellationToken)
        => await ReadAsync<long>(
            $"""
            WITH moved AS (
                SELECT (doc->>'From')::integer AS id, -(doc->>'Amount')::bigint AS amount
                FROM "{Schema}"."Receipt"
                UNION ALL SELECT (doc->>'To')::integer, (doc->>'Amount')::bigint
                FROM "{Schema}"."Receipt"),
            sums AS (SELECT id, sum(amount) AS amount FROM moved GROUP BY id)
            SELECT count(*) FROM "{Schema}"."Account" AS account
            LEFT JOIN sums ON sums.id = (account.doc->>'Id')::integer
            WHERE (account.doc->>'Balance')::bigint <> {first} + coalesce(sums.amount, 0)
            """,
            cancellationToken);

    /// <summary>The transfers that are on disk.</summary>
    public async Task<HashSet<Guid>> ReceiptsAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            $"SELECT (doc->>'Id')::uuid FROM \"{Schema}\".\"Receipt\"", connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        HashSet<Guid> ids = [];
        while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetGuid(0));
        return ids;
    }

    /// <summary>Removes it with all that is in it.</summary>
    public async Task DropAsync()
    {
        await using NpgsqlConnection connection = await OpenAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(
            $"DROP SCHEMA IF EXISTS \"{Schema}\" CASCADE", connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Fails where the database cannot be reached.</summary>
    /// <exception cref="ClusterException">It cannot be reached.</exception>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlConnection connection = await OpenAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is NpgsqlException or ArgumentException)
        {
            throw new ClusterException(
                $"The PostgreSQL database cannot be opened: {failure.Message}. Check the "
                + "connection string, and that its user may create a schema.",
                failure);
        }
    }

    private async Task<T> ReadAsync<T>(string text, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(text, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
