namespace Memento.Tests.Locks.Simulation;

/// <summary>What a simulation does wrong on purpose, to show that it would be noticed.</summary>
internal enum SimulationFault
{
    None,

    /// <summary>A transaction has another age in each partition.</summary>
    AgesDiffer,

    /// <summary>As before, and nobody looks at who waits for whom: only what comes of it.</summary>
    AgesDifferUnwatched,

    /// <summary>A resumed request is now and then not woken.</summary>
    WakeUpsAreLost,

    /// <summary>A partition is now and then not told that a transaction has ended.</summary>
    ReleasesAreLost,

    /// <summary>A range is locked without its last key.</summary>
    RangesAreShort,
}
