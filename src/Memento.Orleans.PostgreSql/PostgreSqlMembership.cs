using Npgsql;

namespace Memento.Storage.PostgreSql;

/// <summary>
/// The membership of a cluster in the schema of the records: which silos there are. Orleans'
/// ADO.NET provider reads and writes it.
/// </summary>
/// <remarks>
/// From a change the provider expects a count of rows, 1 or 0. A change of a silo's row counts only
/// together with the next version of the membership, so that each silo has seen what it decides
/// upon. In both, the version comes first: its row lets one change in after the other, and who
/// comes later finds another version.
/// </remarks>
internal sealed class PostgreSqlMembership(PostgreSqlSettings settings) : IDisposable
{
    /// <summary>The table with a row for each silo, in PostgreSQL's small letters.</summary>
    public const string Table = "orleansmembershiptable";

    /// <summary>The table with a version for each cluster.</summary>
    public const string VersionTable = "orleansmembershipversiontable";

    private const string Row =
        """
        DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port
        AND Generation = @Generation
        """;

    private const string NextVersion =
        """
        UPDATE SCHEMA.OrleansMembershipVersionTable
        SET Timestamp = now(), Version = Version + 1
        WHERE DeploymentId = @DeploymentId AND Version = @Version
        """;

    private const string Read =
        """
        SELECT v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status,
            m.ProxyPort, m.SuspectTimes, m.StartTime, m.IAmAliveTime, v.Version
        FROM SCHEMA.OrleansMembershipVersionTable AS v
        LEFT JOIN SCHEMA.OrleansMembershipTable AS m ON m.DeploymentId = v.DeploymentId
        """;

    private const string Tables =
        """
        CREATE TABLE SCHEMA.OrleansMembershipVersionTable (
            DeploymentId text NOT NULL PRIMARY KEY,
            Timestamp timestamptz NOT NULL DEFAULT now(),
            Version integer NOT NULL DEFAULT 0
        );
        CREATE TABLE SCHEMA.OrleansMembershipTable (
            DeploymentId text NOT NULL REFERENCES SCHEMA.OrleansMembershipVersionTable,
            Address text NOT NULL,
            Port integer NOT NULL,
            Generation integer NOT NULL,
            SiloName text NOT NULL,
            HostName text NOT NULL,
            Status integer NOT NULL,
            ProxyPort integer,
            SuspectTimes text,
            StartTime timestamptz NOT NULL,
            IAmAliveTime timestamptz NOT NULL,
            PRIMARY KEY (DeploymentId, Address, Port, Generation)
        );
        """;

    private static readonly (string Key, string Text)[] Queries =
    [
        ("MembershipReadAllKey", $"{Read} WHERE v.DeploymentId = @DeploymentId"),
        ("MembershipReadRowKey",
            $"""
            {Read} AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
            WHERE v.DeploymentId = @DeploymentId
            """),
        ("InsertMembershipVersionKey",
            """
            WITH made AS (
                INSERT INTO SCHEMA.OrleansMembershipVersionTable (DeploymentId)
                VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
            SELECT count(*)::integer FROM made
            """),
        ("InsertMembershipKey",
            $"""
            WITH next AS (
                {NextVersion} AND NOT EXISTS (SELECT FROM SCHEMA.OrleansMembershipTable WHERE {Row})
                RETURNING 1),
            made AS (
                INSERT INTO SCHEMA.OrleansMembershipTable (
                    DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort,
                    StartTime, IAmAliveTime)
                SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status,
                    @ProxyPort, @StartTime, @IAmAliveTime
                FROM next RETURNING 1)
            SELECT count(*)::integer FROM made
            """),
        ("UpdateMembershipKey",
            $"""
            WITH next AS (
                {NextVersion} AND EXISTS (SELECT FROM SCHEMA.OrleansMembershipTable WHERE {Row})
                RETURNING 1),
            changed AS (
                UPDATE SCHEMA.OrleansMembershipTable
                SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
                WHERE {Row} AND EXISTS (SELECT FROM next) RETURNING 1)
            SELECT count(*)::integer FROM changed
            """),
        ("UpdateIAmAlivetimeKey",
            $"""
            UPDATE SCHEMA.OrleansMembershipTable SET IAmAliveTime = @IAmAliveTime WHERE {Row}
            """),
        ("DeleteMembershipTableEntriesKey",
            """
            WITH silos AS (
                DELETE FROM SCHEMA.OrleansMembershipTable WHERE DeploymentId = @DeploymentId)
            DELETE FROM SCHEMA.OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId
            """),
        ("GatewaysQueryKey",
            """
            SELECT Address, ProxyPort, Generation FROM SCHEMA.OrleansMembershipTable
            WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0
            """),
        ("CleanupDefunctSiloEntriesKey",
            """
            DELETE FROM SCHEMA.OrleansMembershipTable
            WHERE DeploymentId = @DeploymentId AND IAmAliveTime < @IAmAliveTime AND Status <> 3
            """),
    ];

    public PostgreSqlSettings Settings => settings;

    /// <summary>Makes the tables if they are missing.</summary>
    /// <exception cref="StorageException">The server cannot be reached, or refused.</exception>
    public async Task MakeAsync(CancellationToken cancellationToken)
    {
        var connection = await settings.ConnectAsync("keep the membership", cancellationToken)
            .ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                await MakeAsync(connection, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (PostgreSqlErrors.IsOfDatabase(failure))
            {
                throw PostgreSqlErrors.Translate(failure, settings, "keep the membership");
            }
        }
    }

    /// <summary>Says what to do where no silo has made the tables yet.</summary>
    /// <exception cref="StorageException">
    /// They are missing, or the server cannot be reached, or refused.
    /// </exception>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        bool isThere;
        var connection = await settings.ConnectAsync("name the gateways", cancellationToken)
            .ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            isThere = await PostgreSqlSchema.HasTableAsync(
                connection, settings, Table, cancellationToken).ConfigureAwait(false);
        }

        if (!isThere)
        {
            throw new StorageException(
                $"{settings.Description} has no cluster: no silo has started there yet. Start one "
                + "first, or name the database and the schema of the silos.");
        }
    }

    public void Dispose() => settings.Dispose();

    private async Task MakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken)
            .ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await PostgreSqlSchema.MakeEmptyAsync(connection, settings, cancellationToken)
                .ConfigureAwait(false);
            if (await PostgreSqlSchema.HasTableAsync(
                connection, settings, Table, cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            var batch = new NpgsqlBatch(connection);
            await using (batch.ConfigureAwait(false))
            {
                PostgreSqlQueries.Add(batch, settings, Tables, Queries);
                await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
