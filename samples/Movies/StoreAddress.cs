using System.Data.Common;
using System.Net;
using Memento;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Movies;

/// <summary>How a client finds the silos of a store.</summary>
internal abstract class StoreAddress
{
    /// <summary>The gateway of a silo of this machine as its settings are.</summary>
    public const string DefaultGateway = "127.0.0.1:30000";

    /// <summary>The cluster id of the silo host of this repository.</summary>
    private const string ClusterId = "memento";

    private const string RedisScheme = "redis://";

    /// <summary>What is said if none answers.</summary>
    public abstract string Silence { get; }

    /// <summary>The silos for people.</summary>
    public abstract override string ToString();

    /// <summary>
    /// Reads where the silos are: the gateway of one, or what the membership of their cluster is
    /// kept in; null if it is none of these.
    /// </summary>
    public static StoreAddress? Parse(string text)
    {
        string address = text.Replace(
            "localhost:", "127.0.0.1:", StringComparison.OrdinalIgnoreCase);
        if (IPEndPoint.TryParse(address, out IPEndPoint? gateway) && gateway.Port > 0)
            return new OneGateway(gateway);
        if (text.StartsWith(RedisScheme, StringComparison.OrdinalIgnoreCase))
            return new InRedis(text[RedisScheme.Length..]);

        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = text };
            return parts.ContainsKey("Host") ? new InPostgreSql(text) : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Lets a client find them.</summary>
    /// <exception cref="StorageException">The connection string cannot be used.</exception>
    public void Use(IClientBuilder client)
    {
        Find(client);
        client.Configure<ClusterOptions>(
            static options => options.ClusterId = options.ServiceId = ClusterId);
    }

    protected abstract void Find(IClientBuilder client);

    private sealed class OneGateway(IPEndPoint gateway) : StoreAddress
    {
        public override string Silence
            => $"No silo answers at {gateway}. Start one in another terminal with "
                + $"'dotnet run --project silo', or name its gateway: --connect {DefaultGateway}.";

        public override string ToString() => $"the silo at {gateway}";

        protected override void Find(IClientBuilder client) => client.UseStaticClustering(gateway);
    }

    private sealed class InPostgreSql(string connectionString) : StoreAddress
    {
        public override string Silence
            => $"No silo of {this} answers. Start one with Silo__Cluster__Kind=PostgreSql.";

        public override string ToString()
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
            return $"the cluster in PostgreSQL {parts["Host"]}";
        }

        protected override void Find(IClientBuilder client)
            => client.UsePostgreSqlClustering(connectionString);
    }

    private sealed class InRedis(string server) : StoreAddress
    {
        public override string Silence
            => $"No silo of {this} answers. Start one with Silo__Cluster__Kind=Redis.";

        public override string ToString()
            => $"the cluster in Redis {server.Split(',')[0]}";

        protected override void Find(IClientBuilder client)
            => client.UseRedisClustering(options =>
            {
                options.ConfigurationOptions = ConfigurationOptions.Parse(server);
                options.ConfigurationOptions.AbortOnConnectFail = true;
            });
    }
}
