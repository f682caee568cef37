namespace Memento;

/// <summary>
/// The names of the meter and the activity source of the store, for a telemetry pipeline.
/// docs/operations.md lists the instruments and activities.
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
