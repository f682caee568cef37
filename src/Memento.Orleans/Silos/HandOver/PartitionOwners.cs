namespace Memento.Silos.HandOver;

/// <summary>
/// The owner of each partition that this silo was told of. Each new owner tells all silos, so that
/// no two serve a partition, and somebody knows what was lost with a silo that died.
/// </summary>
internal sealed class PartitionOwners
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Table, int Number), Ownership> _owners = [];

    /// <summary>The partitions whose owner is such a silo.</summary>
    public IReadOnlyList<(string Table, int Number)> Of(Func<SiloAddress, bool> isAsked)
    {
        lock (_gate)
        {
            return
            [
                .. _owners.Where(each => isAsked(each.Value.Silo)).Select(static each => each.Key),
            ];
        }
    }

    /// <summary>The owner of a partition, which may have changed since; null: not known.</summary>
    public SiloAddress? Find(string table, int number)
    {
        lock (_gate)
            return _owners.GetValueOrDefault((table, number))?.Silo;
    }

    /// <summary>
    /// Keeps the owner of a partition, and returns the one before. If this silo is just opening it,
    /// it has opened it when the task there ends.
    /// </summary>
    public Ownership? Set(string table, int number, SiloAddress owner)
    {
        lock (_gate)
        {
            Ownership? before = _owners.GetValueOrDefault((table, number));

            // Not only the first that asks while this silo opens it has to wait for that.
            _owners[(table, number)] = new Ownership(owner)
            {
                Opening = before?.Opening ?? Task.CompletedTask,
            };
            return before;
        }
    }

    /// <summary>Forgets the partitions of a table that is being deleted.</summary>
    public void Forget(string table)
    {
        lock (_gate)
        {
            foreach ((string Table, int) each in _owners.Keys.ToArray())
            {
                if (each.Table == table) _owners.Remove(each);
            }
        }
    }

    /// <summary>
    /// Begins to open a partition of this silo: from now on, who wants it waits until it is open.
    /// Null if another silo owns it meanwhile.
    /// </summary>
    public TaskCompletionSource? TryOpen(string table, int number, SiloAddress here)
    {
        lock (_gate)
        {
            if (!_owners.TryGetValue((table, number), out Ownership? known)
                || !known.Silo.Equals(here))
            {
                return null;
            }

            var opening = new TaskCompletionSource(
                TaskCreationOptions.RunContinuationsAsynchronously);
            _owners[(table, number)] = new Ownership(here) { Opening = opening.Task };
            return opening;
        }
    }

    /// <summary>Who owns a partition.</summary>
    internal sealed record Ownership(SiloAddress Silo)
    {
        /// <summary>Ends when this silo has opened it, or could not.</summary>
        public Task Opening { get; init; } = Task.CompletedTask;
    }
}
