using Memento.Locks;

namespace Memento.Tests.Locks.Simulation;

/// <summary>
/// One operation of a transaction's body: the locks that it takes, one after the other.
/// </summary>
internal sealed class SimulatedCall(SimulatedAttempt attempt, SimulatedStep[] steps)
{
    private int _position;

    public SimulatedAttempt Attempt { get; } = attempt;

    /// <summary>What the call waits for.</summary>
    public LockRequest? Request { get; set; }

    public bool IsGivenUp { get; set; }

    public bool IsDone => IsGivenUp || _position == steps.Length;

    public bool IsRunnable => Request is null && !IsDone;

    public SimulatedStep Current => steps[_position];

    public void Advance() => _position++;
}
