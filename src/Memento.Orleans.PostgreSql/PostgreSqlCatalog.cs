using Memento.Storage.AdoNet;
using Npgsql;

namespace Memento.Storage.PostgreSql;

/// <summary>
/// The catalog and the sequences, which Orleans' ADO.NET grain storage reads and writes. They are
/// in the schema of the records, so that one backup has both.
/// </summary>
/// <remarks>
/// The provider finds its SQL in the table OrleansQuery. It expects one row with the new version
/// from a write, a clear and a delete, and no row if the version that it gave is not the current
/// one. From a read it expects the payload and the version. Its key hashes are not needed: the
/// whole key is the primary key.
/// </remarks>
internal static class PostgreSqlCatalog
{
    /// <summary>The name that makes the provider load Npgsql.</summary>
    public const string Invariant = "Npgsql";

    private const string Key =
        """
        ServiceId = @ServiceId AND GrainTypeString = @GrainTypeString
        AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
        AND GrainIdExtensionString = coalesce(@GrainIdExtensionString, '')
        """;

    private const string KeyAndVersion = $"{Key} AND Version = @GrainStateVersion";

    private const string Tables =
        """
        CREATE TABLE SCHEMA.OrleansStorage (
            ServiceId text NOT NULL,
            GrainTypeString text NOT NULL,
            GrainIdN0 bigint NOT NULL,
            GrainIdN1 bigint NOT NULL,
            GrainIdExtensionString text NOT NULL,
            PayloadBinary bytea,
            ModifiedOn timestamptz NOT NULL,
            Version integer NOT NULL,
            PRIMARY KEY (
                ServiceId, GrainTypeString, GrainIdN0, GrainIdN1, GrainIdExtensionString)
        );
        """;

    private static readonly (string Key, string Text)[] Queries =
    [
        ("ReadFromStorageKey",
            $"SELECT PayloadBinary, Version FROM SCHEMA.OrleansStorage WHERE {Key}"),
        ("WriteToStorageKey",
            $"""
            WITH changed AS (
                UPDATE SCHEMA.OrleansStorage
                SET PayloadBinary = @PayloadBinary, ModifiedOn = now(), Version = Version + 1
                WHERE {KeyAndVersion}
                RETURNING Version),
            made AS (
                INSERT INTO SCHEMA.OrleansStorage
                SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1,
                    coalesce(@GrainIdExtensionString, ''), @PayloadBinary, now(), 1
                WHERE @GrainStateVersion IS NULL
                ON CONFLICT DO NOTHING
                RETURNING Version)
            SELECT Version AS NewGrainStateVersion FROM changed
            UNION ALL SELECT Version FROM made
            """),
        ("ClearStorageKey",
            $"""
            UPDATE SCHEMA.OrleansStorage
            SET PayloadBinary = NULL, ModifiedOn = now(), Version = Version + 1
            WHERE {KeyAndVersion}
            RETURNING Version AS NewGrainStateVersion
            """),
        // The provider takes its own version for a conflict, so the SQL returns another version.
        ("DeleteStorageKey",
            $"""
            DELETE FROM SCHEMA.OrleansStorage WHERE {KeyAndVersion}
            RETURNING Version + 1 AS NewGrainStateVersion
            """),
    ];

    /// <summary>The provider on this database.</summary>
    public static CatalogStorage Describe(PostgreSqlSettings settings) => AdoNetCatalog.Describe(
        settings.Description, Invariant, PostgreSqlQueries.SourceOf(settings));

    /// <summary>Makes its tables, inside the transaction of the caller.</summary>
    public static async Task MakeAsync(
        NpgsqlConnection connection,
        PostgreSqlSettings settings,
        CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            PostgreSqlQueries.Add(batch, settings, Tables, Queries);
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
