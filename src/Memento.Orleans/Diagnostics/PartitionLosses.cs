namespace Memento.Diagnostics;

/// <summary>Tells of the partitions in ram that were lost with a silo.</summary>
internal sealed class PartitionLosses(StoreMetrics metrics)
{
    /// <summary>A partition of this silo has begun empty.</summary>
    public event EventHandler<PartitionLostEventArgs>? Found;

    /// <summary>Counts a loss, and tells the listeners. One that throws decides nothing.</summary>
    public void Tell(PartitionLostEventArgs loss)
    {
        metrics.PartitionLost(loss.Table);
        foreach (Delegate each in Found?.GetInvocationList() ?? [])
        {
            try
            {
                ((EventHandler<PartitionLostEventArgs>)each)(this, loss);
            }
            catch (Exception failure)
            {
                ListenerFailure.Tell(nameof(IMementoDiagnostics.PartitionLost), failure);
            }
        }
    }
}
