using Memento.Locks;

namespace Memento.Tests.Locks.Simulation;

/// <summary>
/// A transaction: a script that is run again, with the age it has, until it is through.
/// </summary>
/// <param name="age">Kept over its attempts.</param>
/// <param name="script">Lines one after the other; the calls of a line run at once.</param>
internal sealed class SimulatedTransaction(TransactionAge age, SimulatedStep[][][] script)
{
    public TransactionAge Age { get; } = age;

    public SimulatedStep[][][] Script { get; } = script;

    /// <summary>The attempt that runs; null between attempts and after the last.</summary>
    public SimulatedAttempt? Attempt { get; set; }

    public bool IsFinished { get; set; }

    /// <summary>When the next attempt starts.</summary>
    public int WakesAt { get; set; }
}
