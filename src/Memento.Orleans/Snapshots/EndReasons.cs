namespace Memento.Snapshots;

/// <summary>
/// Why snapshots have ended in this silo that others still read: of the last ones. Safe for several
/// threads.
/// </summary>
internal sealed class EndReasons
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, string> _reasons = [];
    private readonly Queue<Guid> _order = new();

    /// <summary>Remembers a reason, and forgets the oldest one when there are too many.</summary>
    public void Add(Guid snapshot, string reason)
    {
        lock (_gate)
        {
            if (!_reasons.TryAdd(snapshot, reason)) return;
            _order.Enqueue(snapshot);
            if (_order.Count > SnapshotLimits.MostReasons) _reasons.Remove(_order.Dequeue());
        }
    }

    /// <summary>Why a snapshot has ended here; null: that is not known.</summary>
    public string? Find(Guid snapshot)
    {
        lock (_gate)
            return _reasons.GetValueOrDefault(snapshot);
    }
}
