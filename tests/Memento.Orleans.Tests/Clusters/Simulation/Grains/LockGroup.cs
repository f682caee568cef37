namespace Memento.Tests.Clusters.Simulation.Grains;

/// <summary>Transactions that have the lock of a grain together, or wait for it together.</summary>
internal sealed class LockGroup : Dictionary<Guid, GrainRecord>
{
    public int Filled { get; set; }

    /// <summary>What waits for the lock.</summary>
    public List<Action> Waiting { get; } = [];

    public long? Deadline { get; set; }

    public void Reset()
    {
        Clear();
        Filled = 0;
        Waiting.Clear();
        Deadline = null;
    }
}
