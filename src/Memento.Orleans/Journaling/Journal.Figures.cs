namespace Memento.Journaling;

/// <content>Figures about it.</content>
internal sealed partial class Journal
{
    /// <summary>
    /// How many batches were written. Together with the position, it says how many commits share an
    /// fsync.
    /// </summary>
    public long Batches => Volatile.Read(ref _batches);

    /// <summary>Describes it for callers.</summary>
    public JournalInfo Describe()
    {
        lock (_gate)
        {
            return new JournalInfo(
                _lastPosition, DurablePosition, _queue.Count, Batches, IsSlow, _isInDoubt);
        }
    }

    /// <summary>
    /// Whether a batch has been in doubt for so long that its callers got an error.
    /// </summary>
    public bool IsInDoubt
    {
        get
        {
            lock (_gate)
                return _isInDoubt;
        }
    }

    /// <summary>Whether the storage takes long over the batch that it has.</summary>
    public bool IsSlow => _watch.IsSlow;

    /// <summary>How many commits wait for the next batch.</summary>
    public int QueueLength
    {
        get
        {
            lock (_gate)
                return _queue.Count;
        }
    }
}
