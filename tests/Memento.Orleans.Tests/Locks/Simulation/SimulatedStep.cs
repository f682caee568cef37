using Memento.Locks;

namespace Memento.Tests.Locks.Simulation;

/// <summary>One lock that a call takes.</summary>
internal readonly record struct SimulatedStep(int Partition, int Resource, LockKind Kind)
{
    /// <summary>Whether it is taken at once or left out.</summary>
    public bool IsAtOnce { get; init; }
}
