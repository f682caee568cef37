using Npgsql;
using NpgsqlTypes;

namespace Memento.Storage.PostgreSql;

/// <summary>
/// The leases of the silos, in memento_lease, and the owners of partitions beside their owner
/// numbers. Renewals have a connection of their own: the writer's may wait for a batch.
/// </summary>
internal sealed class PostgreSqlLeases(PostgreSqlSettings settings, PostgreSqlWriter writer)
    : ILeaseStorage
{
    public Guid Owner => writer.Id;

    public async Task<LeaseNews> RenewAsync(
        TimeSpan duration,
        IReadOnlyCollection<PartitionEpoch> held,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(held);
        const string action = "renew the lease of the silo";
        var connection = await settings.ConnectAsync(action, cancellationToken)
            .ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                // Two statements, and so two transactions: what is read comes after the renewal.
                var renewal = Renewal(connection, duration);
                await using (renewal.ConfigureAwait(false))
                    await renewal.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                return await ReadAsync(connection, held, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (PostgreSqlErrors.IsOfDatabase(failure))
            {
                throw PostgreSqlErrors.Translate(failure, settings, action);
            }
        }
    }

    public Task<Guid?> ClaimAsync(
        PartitionEpoch claim, Guid? ended, CancellationToken cancellationToken) =>
        ChangeAsync(
            $"claim partition {claim.Partition} of table '{claim.Table}'",
            $"SELECT {settings.QuotedSchema}.memento_claim($1, $2, $3, $4, $5)",
            [
                .. Parameters(claim),
                new NpgsqlParameter<Guid> { TypedValue = Owner },
                new NpgsqlParameter
                {
                    NpgsqlDbType = NpgsqlDbType.Uuid,
                    Value = ended is { } gone ? gone : DBNull.Value,
                },
            ],
            // The beginning of the change gives a row too, with a number in it.
            static reader => reader.GetValue(0) is Guid owner ? owner : (Guid?)null,
            cancellationToken);

    public Task ReleaseAsync(PartitionEpoch owned, CancellationToken cancellationToken) =>
        ChangeAsync(
            $"release partition {owned.Partition} of table '{owned.Table}'",
            $"""
            UPDATE {settings.Qualify("memento_epoch")} SET owner = NULL, owned = NULL
            WHERE name = $1 AND partition = $2 AND owned = $3 AND owner = $4
            """,
            [.. Parameters(owned), new NpgsqlParameter<Guid> { TypedValue = Owner }],
            static _ => true,
            cancellationToken);

    public Task EndAsync(CancellationToken cancellationToken) =>
        ChangeAsync(
            "end the lease of the silo",
            $"SELECT {settings.QuotedSchema}.memento_end($1)",
            [new NpgsqlParameter<Guid> { TypedValue = Owner }],
            static _ => true,
            cancellationToken);

    private static NpgsqlParameter[] Parameters(PartitionEpoch partition) =>
    [
        new NpgsqlParameter<string> { TypedValue = partition.Table },
        new NpgsqlParameter<int> { TypedValue = partition.Partition },
        new NpgsqlParameter<long> { TypedValue = partition.Epoch },
    ];

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values.ToArray() };

    private NpgsqlCommand Renewal(NpgsqlConnection connection, TimeSpan duration) => new(
        $"SELECT {settings.QuotedSchema}.memento_renew($1, $2)", connection)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = Owner },
            new NpgsqlParameter<long> { TypedValue = (long)duration.TotalMilliseconds },
        },
    };

    /// <summary>One statement, which shows one moment.</summary>
    private async Task<LeaseNews> ReadAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<PartitionEpoch> held,
        CancellationToken cancellationToken)
    {
        List<StoredLease> leases = [];
        List<PartitionEpoch> lost = [];
        var command = new NpgsqlCommand(
            $"""
            SELECT NULL::text, NULL::integer, l.counter, l.owner, l.milliseconds
            FROM {settings.Qualify("memento_lease")} AS l
            UNION ALL
            SELECT r.name, r.partition, r.epoch, NULL, NULL
            FROM unnest($1, $2, $3) AS r(name, partition, epoch)
            LEFT JOIN {settings.Qualify("memento_epoch")} AS e USING (name, partition)
            WHERE e.epoch IS DISTINCT FROM r.epoch
            """,
            connection)
        {
            Parameters =
            {
                Array(NpgsqlDbType.Text, held.Select(static each => each.Table)),
                Array(NpgsqlDbType.Integer, held.Select(static each => each.Partition)),
                Array(NpgsqlDbType.Bigint, held.Select(static each => each.Epoch)),
            },
        };
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    long number = reader.GetInt64(2);
                    if (reader.IsDBNull(0))
                    {
                        leases.Add(new StoredLease(
                            reader.GetGuid(3),
                            number,
                            TimeSpan.FromMilliseconds(reader.GetInt64(4))));
                    }
                    else
                    {
                        lost.Add(new PartitionEpoch(
                            reader.GetString(0), reader.GetInt32(1), number));
                    }
                }
            }
        }

        return new LeaseNews(leases, lost);
    }

    private async Task<T> ChangeAsync<T>(
        string action,
        string text,
        IReadOnlyList<NpgsqlParameter> parameters,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken)
    {
        try
        {
            return await writer.RunAsync(action, null, Fill, read, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (PostgresException failure)
        {
            throw failure.SqlState == PostgreSqlErrors.Fenced
                ? PostgreSqlErrors.FencedOf(failure)
                : PostgreSqlErrors.Translate(failure, settings, action);
        }

        void Fill(NpgsqlBatch batch)
        {
            // A change is sent again after a conflict, and a parameter belongs to one command.
            var command = new NpgsqlBatchCommand(text);
            foreach (var each in parameters)
                command.Parameters.Add(each.Clone());
            batch.BatchCommands.Add(command);
        }
    }
}
