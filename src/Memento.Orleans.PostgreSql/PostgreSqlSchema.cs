using System.Text;
using Npgsql;

namespace Memento.Storage.PostgreSql;

/// <summary>
/// The tables beside the records, and the functions that check a batch on the server, so that a
/// batch needs one round trip.
/// </summary>
internal static class PostgreSqlSchema
{
    /// <summary>The schema that this version of the store writes.</summary>
    public const int Version = 2;

    private const string OwnPrefix = "memento_";

    /// <summary>The first number of our advisory locks, "Memt".</summary>
    private const int LockNumber = 0x4D656D74;

    /// <summary>Makes the schema if it is missing, inside the transaction of the caller.</summary>
    /// <exception cref="StorageException">The schema is of a newer version.</exception>
    public static async Task MakeAsync(
        NpgsqlConnection connection,
        PostgreSqlSettings settings,
        CancellationToken cancellationToken)
    {
        await MakeEmptyAsync(connection, settings, cancellationToken).ConfigureAwait(false);
        string store = settings.Qualify("memento_store");
        if (!await HasTableAsync(connection, settings, "memento_store", cancellationToken)
            .ConfigureAwait(false))
        {
            await ExecuteAsync(For(settings, FirstText)).ConfigureAwait(false);
            await PostgreSqlCatalog.MakeAsync(connection, settings, cancellationToken)
                .ConfigureAwait(false);
        }

        object? version = await ExecuteAsync($"SELECT version FROM {store}").ConfigureAwait(false);
        if (version is not int known || known > Version)
        {
            throw new StorageException(
                $"{settings.Description} was written by a newer version of Memento.Orleans (schema "
                + $"{version}, this one knows {Version}). Run the newer version, or name another "
                + "schema.");
        }

        if (known < 2)
        {
            await ExecuteAsync(For(settings, PostgreSqlLeaseSchema.Text)).ConfigureAwait(false);
        }

        Task<object?> ExecuteAsync(string text, string? argument = null)
            => PostgreSqlSchema.ExecuteAsync(connection, text, argument, cancellationToken);
    }

    /// <summary>
    /// Makes the schema without tables if it is missing, inside the transaction of the caller,
    /// which keeps other silos out until it ends: several may start at once.
    /// </summary>
    public static async Task MakeEmptyAsync(
        NpgsqlConnection connection,
        PostgreSqlSettings settings,
        CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            connection,
            $"SELECT pg_advisory_xact_lock({LockNumber}, hashtext($1))",
            settings.Schema,
            cancellationToken).ConfigureAwait(false);
        if (await ExecuteAsync(
            connection,
            "SELECT to_regnamespace($1)::text",
            settings.QuotedSchema,
            cancellationToken).ConfigureAwait(false) is null or DBNull)
        {
            await ExecuteAsync(
                connection, $"CREATE SCHEMA {settings.QuotedSchema}", null, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Whether the schema has a table of a name, in small letters.</summary>
    public static async Task<bool> HasTableAsync(
        NpgsqlConnection connection,
        PostgreSqlSettings settings,
        string table,
        CancellationToken cancellationToken)
        => await ExecuteAsync(
            connection,
            "SELECT to_regclass($1)::text",
            settings.Qualify(table),
            cancellationToken).ConfigureAwait(false) is not (null or DBNull);

    private static async Task<object?> ExecuteAsync(
        NpgsqlConnection connection,
        string text,
        string? argument,
        CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(text, connection);
        await using (command.ConfigureAwait(false))
        {
            if (argument is not null)
                command.Parameters.Add(new NpgsqlParameter { Value = argument });
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Refuses a name that cannot be the name of an SQL table here.</summary>
    /// <exception cref="StorageException">The name cannot be one.</exception>
    public static void CheckName(PostgreSqlSettings settings, string table)
    {
        if (table.Length == 0 || table.Contains('\0')
            || table.StartsWith(OwnPrefix, StringComparison.Ordinal)
            || table is "orleansquery" or "orleansstorage"
                or PostgreSqlMembership.Table or PostgreSqlMembership.VersionTable
            || Encoding.UTF8.GetByteCount(table) > PostgreSqlSettings.MaxNameBytes)
        {
            throw new StorageException(
                $"'{table}' cannot be the name of a table in {settings.Description}: a name has 1 "
                + $"to {PostgreSqlSettings.MaxNameBytes} bytes, and those that start with "
                + $"'{OwnPrefix}', 'orleansquery', 'orleansstorage', "
                + $"'{PostgreSqlMembership.Table}' and '{PostgreSqlMembership.VersionTable}' are "
                + "reserved. Rename the table.");
        }
    }

    /// <summary>The schema of the first version; what came later is made upon it.</summary>
    private const string FirstText =
        TablesText + ChangeText + OwnersText + OutcomesText + RecordsText;

    private static string For(PostgreSqlSettings settings, string text) => text
        .Replace("SCHEMA_TEXT", Literal(settings.Schema), StringComparison.Ordinal)
        .Replace("SCHEMA", settings.QuotedSchema, StringComparison.Ordinal);

    private static string Literal(string text) =>
        $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private const string TablesText =
        """
        CREATE TABLE SCHEMA.memento_store (
            one integer NOT NULL PRIMARY KEY CHECK (one = 1),
            version integer NOT NULL,
            identity uuid NOT NULL
        );
        INSERT INTO SCHEMA.memento_store VALUES (1, 1, gen_random_uuid());
        CREATE TABLE SCHEMA.memento_epoch (
            name text NOT NULL,
            partition integer NOT NULL,
            epoch bigint NOT NULL,
            PRIMARY KEY (name, partition)
        );
        CREATE TABLE SCHEMA.memento_outcome (
            id uuid NOT NULL PRIMARY KEY,
            outcome integer NOT NULL,
            at timestamptz NOT NULL
        );
        CREATE INDEX memento_outcome_at ON SCHEMA.memento_outcome (at);
        CREATE TABLE SCHEMA.memento_note (
            name text NOT NULL PRIMARY KEY,
            note json NOT NULL
        );
        CREATE TABLE SCHEMA.memento_writer (
            id uuid NOT NULL PRIMARY KEY,
            change bigint NOT NULL,
            position bigint NOT NULL,
            at timestamptz NOT NULL
        );

        """;

    /// <summary>
    /// Begins a change. A change with a number that is not above the last one was settled already,
    /// and comes too late.
    /// </summary>
    private const string ChangeText =
        """
        CREATE FUNCTION SCHEMA.memento_begin(
            writer uuid, number bigint, reached bigint) RETURNS bigint
        LANGUAGE plpgsql AS $$
        DECLARE
            at_position bigint;
        BEGIN
            -- What is acknowledged is on the disk, whatever the server's default is.
            IF current_setting('synchronous_commit') = 'off' THEN
                PERFORM set_config('synchronous_commit', 'on', true);
            END IF;
            UPDATE SCHEMA.memento_writer AS w
            SET change = number, position = coalesce(reached, w.position), at = now()
            WHERE w.id = writer AND w.change < number
            RETURNING w.position INTO at_position;
            IF NOT FOUND THEN
                PERFORM 1 FROM SCHEMA.memento_writer AS w WHERE w.id = writer;
                IF FOUND THEN
                    RAISE EXCEPTION 'change % comes too late', number USING ERRCODE = 'MM002';
                END IF;
                RAISE EXCEPTION 'the row of writer % is gone', writer USING ERRCODE = 'MM003';
            END IF;
            RETURN at_position;
        END $$;

        """;

    /// <summary>
    /// Everything takes the locks of epochs in one order, so that two silos never wait for each
    /// other.
    /// </summary>
    private const string OwnersText =
        """
        CREATE FUNCTION SCHEMA.memento_check(
            names text[], partitions integer[], epochs bigint[]) RETURNS void
        LANGUAGE plpgsql AS $$
        DECLARE
            held bigint;
            fenced record;
        BEGIN
            SELECT count(*) INTO held FROM (
                SELECT 1
                FROM unnest(names, partitions, epochs) AS r(name, partition, epoch)
                JOIN SCHEMA.memento_epoch AS e USING (name, partition)
                WHERE e.epoch = r.epoch
                ORDER BY e.name, e.partition
                FOR SHARE OF e) AS locked;
            IF held = cardinality(names) THEN
                RETURN;
            END IF;
            SELECT r.name, r.partition INTO fenced
            FROM unnest(names, partitions, epochs) AS r(name, partition, epoch)
            LEFT JOIN SCHEMA.memento_epoch AS e
                ON e.name = r.name AND e.partition = r.partition AND e.epoch = r.epoch
            WHERE e.name IS NULL
            LIMIT 1;
            RAISE EXCEPTION 'partition % of table % has a newer owner',
                fenced.partition, fenced.name
            USING ERRCODE = 'MM001', TABLE = fenced.name, COLUMN = fenced.partition::text;
        END $$;

        """;

    private const string OutcomesText =
        """
        CREATE FUNCTION SCHEMA.memento_keep(ids uuid[]) RETURNS void
        LANGUAGE plpgsql AS $$
        DECLARE
            kept uuid[];
            decided uuid;
        BEGIN
            WITH made AS (
                INSERT INTO SCHEMA.memento_outcome (id, outcome, at)
                SELECT each, 1, now() FROM unnest(ids) AS each ORDER BY each
                ON CONFLICT DO NOTHING
                RETURNING id)
            SELECT coalesce(array_agg(id), '{}') INTO kept FROM made;
            SELECT each INTO decided FROM unnest(ids) AS each
            WHERE NOT each = ANY (kept) LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'the outcome of % is decided already', decided
                USING ERRCODE = 'MM004', TABLE = decided::text,
                    COLUMN = (SELECT outcome::text FROM SCHEMA.memento_outcome AS o
                        WHERE o.id = decided);
            END IF;
            PERFORM SCHEMA.memento_prune(2 * cardinality(ids));
        END $$;

        CREATE FUNCTION SCHEMA.memento_decide(transaction uuid) RETURNS integer
        LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM SCHEMA.memento_prune(2);
            INSERT INTO SCHEMA.memento_outcome (id, outcome, at) VALUES (transaction, 0, now())
            ON CONFLICT DO NOTHING;
            RETURN (SELECT outcome FROM SCHEMA.memento_outcome WHERE id = transaction);
        END $$;

        CREATE FUNCTION SCHEMA.memento_prune(most integer) RETURNS void
        LANGUAGE sql AS $$
            DELETE FROM SCHEMA.memento_outcome WHERE id IN (
                SELECT id FROM SCHEMA.memento_outcome
                WHERE at < now() - interval '2 hours' ORDER BY at LIMIT most
                FOR UPDATE SKIP LOCKED)
        $$;

        """;

    private const string RecordsText =
        """
        CREATE FUNCTION SCHEMA.memento_create(tab text) RETURNS void
        LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock(1298492788, hashtext(SCHEMA_TEXT));
            IF to_regclass(format('%I.%I', SCHEMA_TEXT, tab)) IS NULL THEN
                EXECUTE format(
                    'CREATE TABLE %I.%I (partition integer NOT NULL, key bytea NOT NULL, '
                    'doc jsonb NOT NULL, PRIMARY KEY (partition, key))', SCHEMA_TEXT, tab);
            ELSIF (
                SELECT count(*) FROM pg_attribute
                WHERE attrelid = to_regclass(format('%I.%I', SCHEMA_TEXT, tab)) AND attnum > 0
                    AND (attname, atttypid) IN (
                        ('partition', 'integer'::regtype), ('key', 'bytea'::regtype),
                        ('doc', 'jsonb'::regtype))) < 3
            THEN
                RAISE EXCEPTION 'table % has other columns', tab USING ERRCODE = 'MM005';
            END IF;
        END $$;

        CREATE FUNCTION SCHEMA.memento_drop(tab text) RETURNS void
        LANGUAGE plpgsql AS $$
        BEGIN
            -- Raised and not removed: an owner of the old table must not pass for one of a new one.
            PERFORM 1 FROM SCHEMA.memento_epoch WHERE name = tab ORDER BY partition FOR UPDATE;
            UPDATE SCHEMA.memento_epoch SET epoch = epoch + 1 WHERE name = tab;
            -- A load of the table, or a reader of another program, may hold it for long.
            PERFORM set_config('lock_timeout', '5s', true);
            EXECUTE format('DROP TABLE IF EXISTS %I.%I', SCHEMA_TEXT, tab);
        END $$;

        CREATE FUNCTION SCHEMA.memento_clear(tab text) RETURNS void
        LANGUAGE plpgsql AS $$
        BEGIN
            -- At once where nobody uses the table. A load goes on with the rows that it has begun
            -- to read, and then they are deleted.
            BEGIN
                EXECUTE format(
                    'LOCK TABLE %I.%I IN ACCESS EXCLUSIVE MODE NOWAIT', SCHEMA_TEXT, tab);
                EXECUTE format('TRUNCATE %I.%I', SCHEMA_TEXT, tab);
            EXCEPTION WHEN lock_not_available THEN
                EXECUTE format('DELETE FROM %I.%I', SCHEMA_TEXT, tab);
            END;
        END $$;
        """;
}
