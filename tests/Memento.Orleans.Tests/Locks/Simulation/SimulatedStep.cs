using Memento.Locks;

namespace Memento.Tests.Locks.Simulation;

/// <summary>One lock that a call takes.</summary>
internal readonly record struct SimulatedStep(int Partition, int Resource, LockKind Kind);
