namespace Memento.Silo;

/// <summary>
/// The cluster that the silo is in. The options bind from the configuration section
/// <c>Silo:Cluster</c>.
/// </summary>
internal sealed class ClusterSettings
{
    public const string Section = SiloOptions.Section + ":Cluster";

    /// <summary>The name of a <see cref="MembershipKind"/>, in any case; None by default.</summary>
    public string Kind { get; set; } = nameof(MembershipKind.None);

    /// <summary>
    /// How the membership is reached. Null: as the storage is, if it is of the same kind.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>The name of the cluster, which its clients need too.</summary>
    public string ClusterId { get; set; } = SiloHost.ServiceId;

    /// <summary>
    /// The IP address of this machine by which other silos and clients reach it; this machine
    /// alone does by default.
    /// </summary>
    public string Address { get; set; } = "127.0.0.1";
}

/// <summary>What the membership of a cluster is kept in.</summary>
internal enum MembershipKind
{
    /// <summary>Nothing: the silo is alone.</summary>
    None,

    /// <summary>A database of a PostgreSQL server.</summary>
    PostgreSql,

    /// <summary>A Redis server.</summary>
    Redis,
}
