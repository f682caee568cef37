namespace Memento.Tests.Locks.Simulation;

/// <summary>A schedule broke a rule; the message says which.</summary>
internal sealed class SimulationFailedException(string message) : Exception(message)
{
    public static void Unless(bool condition, string message)
    {
        if (!condition) throw new SimulationFailedException(message);
    }
}
