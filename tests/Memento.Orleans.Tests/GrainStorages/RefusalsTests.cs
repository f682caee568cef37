using Memento.LogStorage;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Memento.Tests.GrainStorages;

/// <summary>Which errors of providers say that nothing was written.</summary>
public sealed class RefusalsTests
{
    public static TheoryData<string, Exception, bool> Errors => new()
    {
        { "full", OfPostgres("53100"), true },
        { "no right", OfPostgres("42501"), true },
        { "shut down", OfPostgres("57P01"), false },
        { "connection", OfPostgres("08006"), false },
        { "no server", new NpgsqlException("x", new IOException("x")), false },
        { "SQLite full", new SqliteException("SQLite Error 13: 'full'.", 13), true },
        { "SQLite's disk", new SqliteException("SQLite Error 10: 'disk I/O error'.", 10), false },
        { "Redis full", OfRedis("StackExchange.Redis.RedisServerException: OOM"), true },
        { "Redis late", OfRedis("StackExchange.Redis.RedisTimeoutException: x"), false },
        { "no answer", new TimeoutException(), false },
        { "inside", new InvalidOperationException("x", OfPostgres("53100")), true },
        { "something", new InvalidOperationException(), false },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void An_answer_of_the_storage_is_told_from_a_lost_one(
        string name, Exception failure, bool isRefusal)
        => Assert.True(Refusals.IsRefusal(failure) == isRefusal, name);

    private static PostgresException OfPostgres(string state)
        => new PostgresException("x", "ERROR", "ERROR", state);

    /// <summary>Orleans' provider for Redis gives the error as a text.</summary>
    private static InvalidOperationException OfRedis(string text)
        => new($"Failed to write. {text}");
}
