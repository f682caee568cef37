using Npgsql;

namespace Memento.Tests.PostgreSql;

/// <summary>The session of another program, as psql has one.</summary>
internal sealed class PostgresSession : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    public PostgresSession(string connectionString)
    {
        _connection = new NpgsqlConnection($"{connectionString};Pooling=False;Command Timeout=60");
        _connection.Open();
    }

    /// <summary>The number of its process in the server.</summary>
    public int Process => _connection.ProcessID;

    public async Task<object?> ExecuteAsync(string text)
    {
        await using var command = new NpgsqlCommand(text, _connection);
        return await command.ExecuteScalarAsync();
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
