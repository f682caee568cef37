using StackExchange.Redis;

namespace Memento.Silo;

/// <summary>Connects to a Redis server.</summary>
internal static class RedisConnection
{
    /// <summary>The name of the grain storage in the silo.</summary>
    public const string StorageName = "redis";

    /// <summary>How long the server has for its first answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(7);

    /// <param name="connectionString">Its addresses and password.</param>
    /// <param name="setting">Where that comes from, for errors.</param>
    /// <exception cref="SiloConfigurationException">The server cannot be reached.</exception>
    public static async Task<IConnectionMultiplexer> OpenAsync(
        string connectionString, string setting)
    {
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(Parse(connectionString))
                .WaitAsync(Patience);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            throw new SiloConfigurationException(
                $"{Describe(connectionString)} does not answer, or refuses the connection. Check "
                + $"that the server runs, and that {setting} has its address and password.",
                failure);
        }
    }

    /// <exception cref="SiloConfigurationException">It is no connection string.</exception>
    public static ConfigurationOptions Parse(string connectionString)
    {
        try
        {
            return ConfigurationOptions.Parse(connectionString);
        }
        catch (ArgumentException failure)
        {
            throw new SiloConfigurationException(
                $"The connection string of Redis cannot be used: {failure.Message} Write for "
                + "example \"localhost:6379,password=…\".",
                failure);
        }
    }

    /// <summary>The server for people, without the password.</summary>
    public static string Describe(string connectionString)
    {
        ConfigurationOptions options = Parse(connectionString);
        string servers = string.Join(
            ", ", options.EndPoints.Select(static point => EndPointCollection.ToString(point)));
        return options.DefaultDatabase is { } database
            ? $"Redis {servers}/{database}"
            : $"Redis {servers}";
    }
}
