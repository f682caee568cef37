namespace Memento.Tests.Locks.Simulation;

/// <summary>A fault that a simulation makes on purpose, to show that it is noticed.</summary>
internal enum SimulationFault
{
    None,

    /// <summary>A transaction has another age in each partition.</summary>
    AgesDiffer,

    /// <summary>The same, without the check of waits: only their result is checked.</summary>
    AgesDifferUnwatched,

    /// <summary>A resumed request is now and then not woken.</summary>
    WakeUpsAreLost,

    /// <summary>A partition is now and then not told that a transaction has ended.</summary>
    ReleasesAreLost,

    /// <summary>A range is locked without its last key.</summary>
    RangesAreShort,
}
