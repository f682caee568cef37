namespace Memento.Silo;

/// <summary>
/// The options of this host. They bind from the configuration section <c>Silo</c>.
/// </summary>
internal sealed class SiloOptions
{
    public const string Section = "Silo";

    /// <summary>The port for other silos, 1 to 65535; 11111 by default.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>The port for clients, 1 to 65535; 30000 by default.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Whether the host serves the tables of the samples too.</summary>
    public bool HostSamples { get; set; } = true;

    /// <summary>Whether metrics and traces are written to the console.</summary>
    public bool Telemetry { get; set; }

    /// <summary>Where the disk tables are.</summary>
    public StorageOptions Storage { get; } = new();

    /// <summary>The cluster that the silo is in.</summary>
    public ClusterSettings Cluster { get; } = new();

    /// <summary>
    /// The assemblies whose tables are served: paths of files, or names of assemblies beside this
    /// program.
    /// </summary>
    public IList<string> Assemblies { get; } = [];
}
