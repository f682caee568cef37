using Memento.Locks;
using Memento.Storage;
using Memento.Tests.Clusters.Simulation.Grains;
using Memento.Tests.Locks.Simulation;

using static Memento.Tests.Locks.Simulation.SimulationFailedException;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>What a transaction writes to the storage.</summary>
internal sealed record VirtualEntry(
    Guid Id,
    List<(int Key, int[] Values)> Writes,
    List<(int Partition, long Epoch)> Owners,
    bool KeepsOutcome)
{
    /// <summary>The decision that grains wait for; null: none does.</summary>
    public StoredDecision? Decision { get; set; }

    /// <summary>Decisions that everybody knows.</summary>
    public List<Guid> Done { get; init; } = None<Guid>.List;

    public StoredPrepared? Prepared { get; init; }

    /// <summary>The partitions in which it is prepared no more.</summary>
    public List<int> Unprepared { get; init; } = None<int>.List;

    private static class None<T>
    {
        public static readonly List<T> List = [];
    }
}

/// <summary>A decision that grains wait for: the transaction is committed.</summary>
internal sealed record StoredDecision(
    Guid Id, long Time, SiloAddress Silo, List<Party> Writers);

/// <summary>A transaction that is prepared in a partition.</summary>
internal sealed record StoredPrepared(
    int Partition,
    Guid Id,
    TransactionAge Age,
    long Time,
    Party Manager,
    List<(int Key, int[] Values)> Writes);

/// <summary>What became of a batch.</summary>
/// <param name="IsKept">Whether the storage has it.</param>
/// <param name="IsCulprit">Which of its entries were at fault; null: all.</param>
/// <param name="Fenced">The partition that has a newer owner; null: that is not why.</param>
internal sealed record BatchEnd(
    bool IsKept, Func<VirtualEntry, bool>? IsCulprit = null, int? Fenced = null)
{
    public static BatchEnd Kept { get; } = new(IsKept: true);

    public static BatchEnd Refused { get; } = new(IsKept: false);
}

/// <summary>
/// The storage that the silos share: rows, owner numbers, outcomes and leases. It never forgets. A
/// batch is kept whole or not at all, and its answer may be lost.
/// </summary>
/// <param name="all">The cluster.</param>
/// <param name="random">The choices.</param>
/// <param name="failsOneIn">Of so many calls, one fails.</param>
internal sealed class VirtualStorage(ClusterSimulation all, SeededRandom random, int failsOneIn)
{
    /// <summary>
    /// How long the outcome of a commit is known for which grains wait: longer than anybody but
    /// these asks for it.
    /// </summary>
    private static readonly long OutcomeMemory = VirtualTime.Milliseconds(5_000);

    private readonly Dictionary<int, long> _epochs = [];
    private readonly Dictionary<int, (Guid Silo, long Epoch)> _owners = [];
    private readonly Dictionary<Guid, StoredLease> _leases = [];

    public bool IsHealthy { get; set; }

    public Dictionary<int, int[]> Rows { get; } = [];

    public Dictionary<Guid, bool> Outcomes { get; } = [];

    /// <summary>The commits whose outcomes are forgotten.</summary>
    public HashSet<Guid> Forgotten { get; } = [];

    public Dictionary<Guid, StoredDecision> Decisions { get; } = [];

    public Dictionary<(int Partition, Guid Id), StoredPrepared> Prepared { get; } = [];

    /// <summary>
    /// Does something in the storage. Null: it was not done, or the answer was lost.
    /// </summary>
    public Task<T?> CallAsync<T>(VirtualSilo from, Func<T> work)
        where T : class
    {
        var answered = new TaskCompletionSource<T?>();
        bool isRefused = Fails();
        bool isAnswerLost = Fails();
        all.Time.After(Delay(), () =>
        {
            T? result = isRefused ? null : work();
            from.Post(Delay(), () => answered.SetResult(isAnswerLost ? null : result));
        });
        return answered.Task;
    }

    /// <summary>
    /// Writes a batch. <paramref name="ended"/> is told what became of it, and
    /// <paramref name="isInDoubt"/> before that if the storage has not said so for long.
    /// </summary>
    public void Write(
        VirtualSilo from, List<VirtualEntry> batch, Action isInDoubt, Action<BatchEnd> ended)
    {
        BatchEnd? end = null;
        bool isInTime = !Fails();
        if (Fails()) end = BatchEnd.Refused;

        // Also if its silo is dead by then.
        long arrives = Delay() + (random.OneIn(12) ? VirtualTime.Milliseconds(80) : 0);
        all.Time.After(arrives, () =>
        {
            end ??= Keep(batch);
            if (isInTime) from.Post(Delay(), () => ended(end));
        });
        if (isInTime) return;

        all.Counts.Add(Happening.BatchInDoubt);
        from.Post(VirtualTime.Milliseconds(40), () =>
        {
            if (random.OneIn(2)) isInDoubt();
            long settles = VirtualTime.Milliseconds(random.Between(1, 150));
            from.Post(settles, () =>
            {
                // What has not arrived by now never does.
                ended(end ??= BatchEnd.Refused);
            });
        });
    }

    /// <summary>The outcome of a transaction; where there is none, it never happens.</summary>
    public object Decide(Guid id)
    {
        Outcomes.TryAdd(id, false);
        return Outcomes[id];
    }

    public object RaiseEpoch(int partition)
        => _epochs[partition] = _epochs.GetValueOrDefault(partition) + 1;

    public int[][] Load(IEnumerable<int> keys)
        => [.. keys.Select(key => Rows.GetValueOrDefault(key) ?? [])];

    public StoredLease CountRenewal(Guid silo, TimeSpan duration)
        => _leases[silo] = new StoredLease(
            silo, _leases.GetValueOrDefault(silo).Counter + 1, duration);

    public LeaseNews ReadLeases(IReadOnlyList<PartitionEpoch> held)
        => new(
            [.. _leases.Values],
            [.. held.Where(each => each.Epoch != _epochs[each.Partition])]);

    /// <summary>Null: the owner number is old. Empty: this silo owns the partition now.</summary>
    public Guid? Claim(Guid silo, PartitionEpoch claim, Guid? ended)
    {
        if (claim.Epoch != _epochs[claim.Partition]) return null;
        if (_owners.TryGetValue(claim.Partition, out (Guid Silo, long) owner)
            && owner.Silo != silo && owner.Silo != ended)
        {
            return owner.Silo;
        }

        _owners[claim.Partition] = (silo, claim.Epoch);
        return Guid.Empty;
    }

    public void Release(Guid silo, PartitionEpoch owned)
    {
        if (_owners.GetValueOrDefault(owned.Partition) == (silo, owned.Epoch))
            _owners.Remove(owned.Partition);
    }

    public void EndLease(Guid silo)
    {
        _leases.Remove(silo);
        foreach (int each in _owners.Keys.Where(each => _owners[each].Silo == silo).ToArray())
            _owners.Remove(each);
    }

    private BatchEnd Keep(List<VirtualEntry> batch)
    {
        foreach (VirtualEntry each in batch)
        {
            foreach ((int partition, long epoch) in each.Owners)
            {
                if (_epochs[partition] == epoch) continue;
                return new BatchEnd(
                    IsKept: false,
                    entry => entry.Owners.Exists(owner => owner.Partition == partition),
                    partition);
            }

            if (each.KeepsOutcome && Outcomes.ContainsKey(each.Id))
                return new BatchEnd(IsKept: false, entry => entry.Id == each.Id);
        }

        foreach (VirtualEntry each in batch)
        {
            foreach ((int key, int[] values) in each.Writes)
                Rows[key] = values;
            if (each.KeepsOutcome) Outcomes.Add(each.Id, true);
            if (all.Grains is { } grains) KeepForGrains(each, grains);
        }

        return BatchEnd.Kept;
    }

    private void KeepForGrains(VirtualEntry entry, VirtualGrains grains)
    {
        if (entry.KeepsOutcome) grains.Decide(entry.Id);
        if (entry.Decision is { } decision)
        {
            Decisions[entry.Id] = decision;
            all.Time.After(OutcomeMemory, () => Forget(entry.Id));
        }

        foreach (Guid each in entry.Done)
            Decisions.Remove(each);
        if (entry.Prepared is { } prepared) Prepared[(prepared.Partition, prepared.Id)] = prepared;
        foreach (int each in entry.Unprepared)
            Prepared.Remove((each, entry.Id));
        Unless(
            entry.Writes.Count == 0 || grains.IsDecided(entry.Id),
            $"the storage keeps {NameOf(entry)}, which is not decided");
    }

    private string NameOf(VirtualEntry entry)
        => $"partitions of {all.NameOf(entry.Id)}";

    private void Forget(Guid id)
    {
        Outcomes.Remove(id);
        Forgotten.Add(id);
    }

    private bool Fails() => !IsHealthy && random.OneIn(failsOneIn);

    private long Delay() => VirtualTime.Milliseconds(random.Between(2, 30) / 10.0);
}
