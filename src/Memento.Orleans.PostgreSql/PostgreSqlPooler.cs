using System.Globalization;
using Npgsql;

namespace Memento.Storage.PostgreSql;

/// <summary>
/// A pooler in transaction mode gives each transaction another session of the server. Settings and
/// prepared statements of a session would reach other programs, and not the next transaction.
/// </summary>
internal static class PostgreSqlPooler
{
    /// <summary>The looks at a connection that does not lead to the server itself.</summary>
    private const int Looks = 5;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Refuses a connection whose session is not its own.</summary>
    /// <exception cref="StorageException">The session is not its own.</exception>
    public static async Task RequireSessionAsync(
        NpgsqlConnection connection,
        PostgreSqlSettings settings,
        CancellationToken cancellationToken)
    {
        int session = await SessionAsync(connection, cancellationToken).ConfigureAwait(false);

        // A pooler gives numbers of its own to those who connect.
        int looks = session == connection.ProcessID ? 1 : Looks;
        var other = await settings.ConnectAsync("be opened", cancellationToken)
            .ConfigureAwait(false);
        await using (other.ConfigureAwait(false))
        {
            // Another transaction gets the session that is free: ours, if it was given away.
            var transaction = await other.BeginTransactionAsync(cancellationToken)
                .ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                for (int look = 0; look < looks; look++)
                {
                    if (await SessionAsync(other, cancellationToken).ConfigureAwait(false)
                        == session
                        || await SessionAsync(connection, cancellationToken).ConfigureAwait(false)
                        != session)
                    {
                        throw Refused(settings);
                    }
                }
            }
        }
    }

    /// <summary>The number of the process that serves the connection.</summary>
    private static async Task<int> SessionAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection)
        {
            CommandTimeout = (int)AnswerTimeout.TotalSeconds,
        };
        await using (command.ConfigureAwait(false))
        {
            return Convert.ToInt32(
                await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false),
                CultureInfo.InvariantCulture);
        }
    }

    private static StorageException Refused(PostgreSqlSettings settings) => new(
        $"{settings.Description} could not be opened: a pooler answers there that gives each "
        + "transaction another session (PgBouncer with pool_mode=transaction). The store keeps a "
        + "few sessions of its own: name the server itself in the connection string, or a pooler "
        + "with pool_mode=session.");
}
