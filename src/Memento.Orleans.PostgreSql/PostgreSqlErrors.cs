using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace Memento.Storage.PostgreSql;

/// <summary>Explains PostgreSQL's errors: what they mean and what to do.</summary>
internal static class PostgreSqlErrors
{
    /// <summary>A partition in the batch has a newer owner (of our functions).</summary>
    public const string Fenced = "MM001";

    /// <summary>The change comes too late: a later one was made already.</summary>
    public const string Late = "MM002";

    /// <summary>The row of this silo is gone.</summary>
    public const string Replaced = "MM003";

    /// <summary>The outcome of a transaction is decided already.</summary>
    public const string Decided = "MM004";

    /// <summary>A table of the name has other columns.</summary>
    public const string ForeignTable = "MM005";

    /// <summary>Whether a failure is the database's or the network's, and not a mistake.</summary>
    public static bool IsOfDatabase(Exception failure) =>
        failure is NpgsqlException or IOException or SocketException or TimeoutException;

    /// <summary>
    /// Whether the server has answered with an error, so that nothing of the transaction is kept.
    /// After FATAL and PANIC the connection is gone, and the answer to COMMIT may be lost.
    /// </summary>
    public static bool IsAnswer(Exception failure) =>
        failure is PostgresException { InvariantSeverity: "ERROR", SqlState: var state }
        && !state.StartsWith("08", StringComparison.Ordinal);

    /// <summary>
    /// Whether the server cannot be written to. A standby says that it does not support the
    /// beginning of such a transaction.
    /// </summary>
    public static bool IsReadOnly(PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction
            or PostgresErrorCodes.FeatureNotSupported;

    /// <summary>Whether the same change may succeed if it is made again at once.</summary>
    public static bool IsOfConcurrency(Exception failure) =>
        failure is PostgresException
        {
            SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
        };

    /// <summary>
    /// Whether the error is of one row or table, so that other rows may still be written.
    /// </summary>
    public static bool IsOfRow(PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.ProgramLimitExceeded
        || failure.SqlState.StartsWith("22", StringComparison.Ordinal)
        || failure.SqlState.StartsWith("23", StringComparison.Ordinal);

    /// <summary>The error of the contract for a partition that has a newer owner.</summary>
    public static FencedException FencedOf(PostgresException failure) => new(
        failure.TableName!,
        int.Parse(failure.ColumnName!, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The error that a caller sees.</summary>
    /// <param name="failure">The error of Npgsql.</param>
    /// <param name="settings">The settings of the storage.</param>
    /// <param name="action">What could not be done: "write a batch".</param>
    public static StorageException Translate(
        Exception failure, PostgreSqlSettings settings, string action)
    {
        string code = failure is PostgresException answer ? $"error {answer.SqlState}" : "error";
        string text = failure is PostgresException told ? told.MessageText : failure.Message;
        return new StorageException(
            $"{settings.Description} could not {action}: {Explain(failure)} ({code}: {text})",
            failure);
    }

    private static string Explain(Exception failure) => failure is PostgresException answer
        ? Explain(answer.SqlState)
        : failure.InnerException is AuthenticationException
        ? "the certificate of the server was not accepted. Name the certificate of its authority "
            + "(Root Certificate=…), and the host by the name that is in the certificate."
        : failure.InnerException is TimeoutException
            || failure is TimeoutException or OperationCanceledException
        ? "the server did not answer in time. Check that it runs, that it is not overloaded, and "
            + "that the address in the connection string is right."
        : "no server answers there, or the connection broke. Check that the server runs, and that "
            + "the address in the connection string is right.";

    private static string Explain(string state) => state switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification
            => "the server refused the user or the password. Correct them in the connection "
                + "string.",
        PostgresErrorCodes.InvalidCatalogName =>
            "there is no such database. Create it (CREATE DATABASE), or name another one.",
        PostgresErrorCodes.InsufficientPrivilege =>
            "the user lacks a right. Let it create a schema in the database (GRANT CREATE ON "
            + "DATABASE), or make it the owner of the schema and of its tables.",
        PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.FeatureNotSupported =>
            "the server is read-only: a standby, or set so. Name the primary in the connection "
            + "string (several hosts: Target Session Attributes=primary).",
        PostgresErrorCodes.DiskFull =>
            "the disk of the server is full. Free space on it and try again; what was "
            + "acknowledged is kept.",
        PostgresErrorCodes.TooManyConnections =>
            "the server has no connection left. Raise max_connections, or use fewer.",
        PostgresErrorCodes.LockNotAvailable =>
            "another session holds the table locked. End its transaction, and try again.",
        PostgresErrorCodes.UndefinedTable => "a table is missing. Create it first.",
        PostgresErrorCodes.UntranslatableCharacter =>
            "a text has the character U+0000, which a jsonb document cannot have. Leave it out.",
        PostgresErrorCodes.DependentObjectsStillExist =>
            "a view or another object depends on the table. Drop that first.",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.ObjectNotInPrerequisiteState
            => "the server takes no connections now: it starts, stops, or was told so. It is tried "
            + "again with the next call.",
        Replaced =>
            "the database was replaced by another one while it was in use. Stop the silo, put the "
            + "right database in place, and start again.",
        Late => "a later change was made already. Nothing of this one was kept.",
        ForeignTable =>
            "the schema has a table of this name that Memento.Orleans did not make: it does not "
            + "have the columns partition, key and doc. Rename one of the two.",
        _ when state.StartsWith("53", StringComparison.Ordinal) =>
            "the server has run out of a resource. Give it more, and try again.",
        _ => "PostgreSQL refused.",
    };
}
