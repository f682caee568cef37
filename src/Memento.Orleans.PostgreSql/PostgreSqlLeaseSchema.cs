namespace Memento.Storage.PostgreSql;

/// <summary>
/// What the second version of the schema adds: the leases of silos, and the owners of partitions.
/// </summary>
internal static class PostgreSqlLeaseSchema
{
    public const string Text =
        """
        ALTER TABLE SCHEMA.memento_epoch ADD COLUMN owner uuid, ADD COLUMN owned bigint;
        CREATE TABLE SCHEMA.memento_lease (
            owner uuid NOT NULL PRIMARY KEY,
            counter bigint NOT NULL,
            milliseconds bigint NOT NULL,
            at timestamptz NOT NULL
        );
        UPDATE SCHEMA.memento_store SET version = 2;

        CREATE FUNCTION SCHEMA.memento_renew(silo uuid, length bigint) RETURNS void
        LANGUAGE plpgsql AS $$
        BEGIN
            -- A renewal that a crash of the server takes back would count for its silo alone.
            IF current_setting('synchronous_commit') = 'off' THEN
                PERFORM set_config('synchronous_commit', 'on', true);
            END IF;
            INSERT INTO SCHEMA.memento_lease AS l (owner, counter, milliseconds, at)
            VALUES (silo, 1, length, now())
            ON CONFLICT (owner) DO UPDATE
            SET counter = l.counter + 1, milliseconds = length, at = now();
        END $$;

        CREATE FUNCTION SCHEMA.memento_claim(
            tab text, part integer, number bigint, silo uuid, ended uuid) RETURNS uuid
        LANGUAGE plpgsql AS $$
        DECLARE
            standing record;
        BEGIN
            SELECT e.epoch, e.owner INTO standing FROM SCHEMA.memento_epoch AS e
            WHERE e.name = tab AND e.partition = part FOR UPDATE;
            IF standing.epoch IS DISTINCT FROM number THEN
                RAISE EXCEPTION 'partition % of table % has a newer owner', part, tab
                USING ERRCODE = 'MM001', TABLE = tab, COLUMN = part::text;
            END IF;
            IF standing.owner IS NOT NULL AND standing.owner <> silo
                AND standing.owner IS DISTINCT FROM ended
            THEN
                RETURN standing.owner;
            END IF;
            UPDATE SCHEMA.memento_epoch SET owner = silo, owned = number
            WHERE name = tab AND partition = part;
            RETURN NULL;
        END $$;

        CREATE FUNCTION SCHEMA.memento_end(silo uuid) RETURNS void
        LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM 1 FROM SCHEMA.memento_epoch AS e WHERE e.owner = silo
            ORDER BY e.name, e.partition FOR UPDATE;
            UPDATE SCHEMA.memento_epoch SET owner = NULL, owned = NULL WHERE owner = silo;
            DELETE FROM SCHEMA.memento_lease WHERE owner = silo;
        END $$;
        """;
}
