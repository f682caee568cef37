using Memento.Messages;

namespace Memento.Silos.HandOver;

/// <summary>
/// The owner of each partition that this silo was told of. Each new owner tells all silos, so that
/// no two serve a partition, and somebody knows what was lost with a silo that died.
/// </summary>
internal sealed class PartitionOwners
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Table, int Number), Ownership> _owners = [];

    /// <summary>The partitions whose last owner that may have served is such a silo.</summary>
    public IReadOnlyList<(string Table, int Number)> Of(Func<SiloAddress, bool> isAsked)
    {
        lock (_gate)
        {
            return
            [
                .. _owners.Where(each => each.Value.Last is { } last && isAsked(last))
                    .Select(static each => each.Key),
            ];
        }
    }

    /// <summary>
    /// The last owners that are known, for a silo that joins. Of a partition that this silo is just
    /// opening, without knowing any before, that is this silo; of one that the other silo asks for
    /// already, the one before it.
    /// </summary>
    public KnownOwner[] GetAll(SiloAddress joining)
    {
        List<KnownOwner> all = [];
        lock (_gate)
        {
            foreach (((string table, int number), Ownership each) in _owners)
            {
                SiloAddress? last =
                    joining.Equals(each.Last) ? each.Before : each.Last ?? each.Silo;
                if (last is not null) all.Add(new KnownOwner(table, number, last));
            }
        }

        return [.. all];
    }

    /// <summary>
    /// Keeps owners of which another silo tells, where this one knows none, or only that it takes
    /// the partition itself.
    /// </summary>
    public void Learn(KnownOwner[] owners)
    {
        lock (_gate)
        {
            foreach (KnownOwner each in owners)
            {
                Ownership? known = _owners.GetValueOrDefault((each.Table, each.Number));
                if (known?.Last is not null) continue;

                _owners[(each.Table, each.Number)] =
                    (known ?? new Ownership(each.Silo)) with { Last = each.Silo };
            }
        }
    }

    /// <summary>The owner of a partition, which may have changed since; null: not known.</summary>
    public SiloAddress? Find(string table, int number)
    {
        lock (_gate)
            return _owners.GetValueOrDefault((table, number))?.Silo;
    }

    /// <summary>
    /// The last silo that may have served a partition, as far as it is known.
    /// </summary>
    public SiloAddress? FindLast(string table, int number)
    {
        lock (_gate)
            return _owners.GetValueOrDefault((table, number))?.Last;
    }

    /// <summary>
    /// Keeps the owner of a partition, which is another silo. If this silo is just opening it, it
    /// has opened it when the task of the answer ends.
    /// </summary>
    public Ownership Set(string table, int number, SiloAddress owner)
    {
        lock (_gate)
        {
            Ownership? before = _owners.GetValueOrDefault((table, number));
            return _owners[(table, number)] = new Ownership(owner)
            {
                Last = owner,

                // It asks again where the answer was lost.
                Before = owner.Equals(before?.Silo) ? before.Before : before?.Last,
                LostWith = before?.LostWith,

                // Not only the first that asks while this silo opens it has to wait for that.
                Opening = before?.Opening ?? Task.CompletedTask,
            };
        }
    }

    /// <summary>This silo begins to take a partition. Returns the owner before.</summary>
    public Ownership? Begin(string table, int number, SiloAddress here)
    {
        lock (_gate)
        {
            Ownership? before = _owners.GetValueOrDefault((table, number));
            _owners[(table, number)] = new Ownership(here)
            {
                Last = before?.Last,
                LostWith = before?.LostWith,
                Opening = before?.Opening ?? Task.CompletedTask,
            };
            return before;
        }
    }

    /// <summary>
    /// Keeps what this silo, which takes a partition, has found: which silo has its records, or
    /// with which they were lost. If it fails to open it, the next owner has to learn of that.
    /// </summary>
    public void ShowFound(
        string table, int number, SiloAddress here, SiloAddress? last, SiloAddress? lostWith)
    {
        lock (_gate)
        {
            if (!_owners.TryGetValue((table, number), out Ownership? known)) return;

            bool isHere = known.Silo.Equals(here);
            _owners[(table, number)] = known with
            {
                Last = isHere && last is not null ? last : known.Last,
                LostWith = lostWith,
            };
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
            _owners[(table, number)] = known with { Opening = opening.Task };
            return opening;
        }
    }

    /// <summary>
    /// Whether a partition is still being opened by this <see cref="TryOpen"/>: otherwise its table
    /// was deleted since.
    /// </summary>
    public bool IsOpening(string table, int number, TaskCompletionSource opening)
    {
        lock (_gate)
            return _owners.GetValueOrDefault((table, number))?.Opening == opening.Task;
    }

    /// <summary>Who owns a partition.</summary>
    /// <param name="Silo">The silo that has asked for it last.</param>
    internal sealed record Ownership(SiloAddress Silo)
    {
        /// <summary>
        /// The last silo that may have served it, and whose death has lost its records if they are
        /// nowhere else: as long as this silo has not opened it, the one before. Null: not known.
        /// </summary>
        public SiloAddress? Last { get; init; }

        /// <summary>
        /// That silo, before another one began to take the partition. Null: not known.
        /// </summary>
        public SiloAddress? Before { get; init; }

        /// <summary>
        /// The silo with which the records in ram were lost, as this one has found when it took the
        /// partition, and could not open it, so that nobody was told. Null: none.
        /// </summary>
        public SiloAddress? LostWith { get; init; }

        /// <summary>Ends when this silo has opened it, or could not.</summary>
        public Task Opening { get; init; } = Task.CompletedTask;
    }
}
