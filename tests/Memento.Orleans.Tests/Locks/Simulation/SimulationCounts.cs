namespace Memento.Tests.Locks.Simulation;

/// <summary>Counts of events, so that a test can check that each event happened.</summary>
internal sealed class SimulationCounts
{
    public long Grants { get; set; }

    public long Waits { get; set; }

    public long RangeWaits { get; set; }

    public long Refusals { get; set; }

    /// <summary>Requests that waited and were refused when another went ahead.</summary>
    public long LateRefusals { get; set; }

    public long Cancellations { get; set; }

    public long TakenAtOnce { get; set; }

    /// <summary>Locks that were not to be waited for, and were not free.</summary>
    public long LeftOut { get; set; }

    public int MostSteps { get; set; }
}
