namespace Memento;

/// <summary>
/// The names that a telemetry pipeline is told, to get what the store measures and traces. What
/// there is, and what it means, is in docs/operations.md.
/// </summary>
public static class MementoTelemetry
{
    /// <summary>The name of the store's meter and of its activity source.</summary>
    public const string Name = "Memento.Orleans";

    /// <summary>
    /// The tag of the meter that names the silo whose store measures. A client's meter is without.
    /// </summary>
    public const string SiloTag = "memento.silo";
}
