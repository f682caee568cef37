using System.Net;
using Microsoft.Extensions.Hosting;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Memento.Silo;

/// <summary>The cluster that the silo joins, and how it finds the others there.</summary>
/// <param name="Kind">What the membership is kept in.</param>
/// <param name="ConnectionString">How that is reached; empty for a silo alone.</param>
/// <param name="ClusterId">The name of the cluster.</param>
/// <param name="Address">The address of the silo for the others.</param>
internal sealed record Membership(
    MembershipKind Kind, string ConnectionString, string ClusterId, IPAddress Address)
{
    private const string ConnectionSetting =
        $"{ClusterSettings.Section}:{nameof(ClusterSettings.ConnectionString)}";

    private static readonly string Kinds = string.Join(", ", Enum.GetNames<MembershipKind>());

    /// <summary>The connection to Redis; null before <see cref="ConnectAsync"/>.</summary>
    private IConnectionMultiplexer? Redis { get; init; }

    /// <summary>The cluster that the configuration names.</summary>
    /// <exception cref="SiloConfigurationException">A setting of it is wrong.</exception>
    public static Membership Of(ClusterSettings settings, Storage storage)
    {
        if (!Enum.TryParse(settings.Kind, ignoreCase: true, out MembershipKind kind)
            || !Enum.IsDefined(kind))
        {
            throw new SiloConfigurationException(
                $"{ClusterSettings.Section}:Kind is '{settings.Kind}'. Give one of {Kinds}.");
        }

        if (!IPAddress.TryParse(settings.Address, out IPAddress? address)
            || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            throw new SiloConfigurationException(
                $"{ClusterSettings.Section}:Address is '{settings.Address}'. Give the IP address "
                + "of this machine by which the other silos reach it.");
        }

        if (string.IsNullOrWhiteSpace(settings.ClusterId))
        {
            throw new SiloConfigurationException(
                $"{ClusterSettings.Section}:ClusterId is empty. Give the cluster a name, or leave "
                + "the setting out.");
        }

        if (kind != MembershipKind.None && storage.Kind == StorageKind.Sqlite)
        {
            throw new SiloConfigurationException(
                $"{ClusterSettings.Section}:Kind is {kind}, and {StorageOptions.Section}:Kind is "
                + "Sqlite, whose file only one silo can have. Keep the tables in PostgreSql or "
                + "Redis.");
        }

        return new Membership(
            kind, ConnectionStringOf(kind, settings, storage), settings.ClusterId, address);
    }

    /// <summary>
    /// Connects to Redis, so that a missing server is told before anything starts.
    /// </summary>
    /// <exception cref="SiloConfigurationException">It cannot be reached.</exception>
    public async Task<Membership> ConnectAsync()
        => Kind == MembershipKind.Redis
            ? this with
            {
                Redis = await RedisConnection.OpenAsync(ConnectionString, ConnectionSetting),
            }
            : this;

    /// <summary>Lets a silo join the cluster.</summary>
    /// <exception cref="StorageException">The connection string cannot be used.</exception>
    public void Use(ISiloBuilder silo, SiloOptions options)
    {
        if (Kind == MembershipKind.None)
        {
            silo.UseLocalhostClustering(
                options.SiloPort,
                options.GatewayPort,
                serviceId: SiloHost.ServiceId,
                clusterId: ClusterId);
        }
        else if (Kind == MembershipKind.PostgreSql)
        {
            silo.UsePostgreSqlClustering(ConnectionString);
        }
        else
        {
            silo.UseRedisClustering(Connect);
        }

        silo.Configure<ClusterOptions>(Name);
        silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.AdvertisedIPAddress = Address;
            endpoints.SiloPort = options.SiloPort;
            endpoints.GatewayPort = options.GatewayPort;
        });
    }

    /// <summary>Lets a client find the silos of the cluster.</summary>
    /// <exception cref="StorageException">The connection string cannot be used.</exception>
    public void Find(IClientBuilder client) => _ = Kind switch
    {
        MembershipKind.PostgreSql => client.UsePostgreSqlClustering(ConnectionString),
        MembershipKind.Redis => client.UseRedisClustering(Connect),
        _ => throw new InvalidOperationException("A silo alone is found by its gateway."),
    };

    /// <summary>Names the cluster to Orleans.</summary>
    public void Name(ClusterOptions cluster)
    {
        cluster.ClusterId = ClusterId;
        cluster.ServiceId = SiloHost.ServiceId;
    }

    /// <summary>The cluster for people.</summary>
    public override string ToString() => Kind switch
    {
        MembershipKind.None => ClusterId,
        MembershipKind.Redis
            => $"{ClusterId}, found in {RedisConnection.Describe(ConnectionString)}",
        _ => $"{ClusterId}, found in {new Storage(StorageKind.PostgreSql, ConnectionString)}",
    };

    private void Connect(RedisClusteringOptions redis)
    {
        redis.ConfigurationOptions = RedisConnection.Parse(ConnectionString);
        redis.CreateMultiplexer = _ => Task.FromResult((Redis!, true));
    }

    private static string ConnectionStringOf(
        MembershipKind kind, ClusterSettings settings, Storage storage)
        => kind == MembershipKind.None
            ? ""
            : settings.ConnectionString
                ?? (kind.ToString() == storage.Kind.ToString() ? storage.ConnectionString : null)
                ?? throw new SiloConfigurationException(
                    $"{ConnectionSetting} is missing, and {kind} needs one, because the tables are "
                    + $"in {storage.Kind}.");
}
