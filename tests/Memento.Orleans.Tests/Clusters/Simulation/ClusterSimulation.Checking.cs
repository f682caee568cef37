using Memento.Messages;
using Memento.Tests.Consistency;
using static Memento.Tests.Locks.Simulation.SimulationFailedException;

namespace Memento.Tests.Clusters.Simulation;

/// <content>What must hold.</content>
internal sealed partial class ClusterSimulation
{
    private readonly Dictionary<Guid, List<(SiloAddress Silo, bool IsCommitted)>> _ends = [];
    private readonly HashSet<int> _lost = [];
    private readonly Dictionary<int, VirtualSilo> _opened = [];
    private readonly HashSet<(int Partition, SiloAddress Silo)> _dropped = [];
    private readonly HashSet<(int Partition, SiloAddress Silo)> _taking = [];

    /// <summary>Whoever serves a partition is the only one that may rely on it.</summary>
    public void CheckOwner(VirtualPartition partition)
    {
        if (!partition.Holding.Stands) return;
        foreach (VirtualSilo each in _silos)
        {
            // One that stands still finds out before it does anything.
            if (!each.IsAlive || each.PausedUntil > Time.Now || each == partition.Silo) continue;
            foreach (VirtualPartition other in each.Partitions)
            {
                Unless(
                    other.Number != partition.Number || other.IsClosed || !other.Holding.Stands,
                    $"{each.Name} and {partition.Silo.Name} rely on partition {other.Number}");
            }
        }
    }

    /// <summary>A member does what was decided: once, and the same in all silos.</summary>
    public void CheckEnd(VirtualSilo silo, SealCall call, bool isCommitted)
    {
        if (call.Decider == SpanningDecider.Storage)
        {
            Unless(
                Storage.Outcomes.GetValueOrDefault(call.Id, Storage.Forgotten.Contains(call.Id))
                    == isCommitted,
                $"{silo.Name} ends {NameOf(call.Id)} against the storage");
        }

        // What a dead silo has is lost with it.
        if (Members[silo.Here] == MemberStatus.Dead) return;
        if (!_ends.TryGetValue(call.Id, out List<(SiloAddress Silo, bool IsCommitted)>? ends))
            _ends[call.Id] = ends = [];
        foreach ((SiloAddress other, bool its) in ends)
        {
            Unless(
                its == isCommitted || Members[other] == MemberStatus.Dead,
                $"{silo.Name} and {NameOf(other)} end {NameOf(call.Id)} differently");
        }

        ends.Add((silo.Here, isCommitted));
    }

    /// <summary>What a partition applies because a grain says so, the grain has decided.</summary>
    public void CheckDecided(VirtualSilo silo, Guid id)
        => Unless(
            Grains!.IsDecided(id), $"{silo.Name} applies {NameOf(id)}, which is not decided");

    public void Opened(VirtualPartition partition)
    {
        if (Time.IsTold) Time.Tell($"{partition.Silo.Name} serves partition {partition.Number}");
        if (_opened.TryGetValue(partition.Number, out VirtualSilo? last))
        {
            Counts.Add(Happening.TakenOver);
            if (partition.IsNew) BeginsEmpty(partition, last);
        }

        _opened[partition.Number] = partition.Silo;
        _taking.RemoveWhere(each => each.Partition == partition.Number);
        CheckOwner(partition);
    }

    /// <summary>A silo begins to take a partition.</summary>
    public void Takes(VirtualSilo silo, int partition) => _taking.Add((partition, silo.Here));

    /// <summary>A silo has closed a partition, and keeps no records of it.</summary>
    public void Dropped(VirtualPartition partition)
        => _dropped.Add((partition.Number, partition.Silo.Here));

    /// <summary>
    /// A partition in ram begins empty. That is said if a silo lives that can know it. It may be
    /// unsaid where several have tried to take it: they can make each other forget the owner.
    /// </summary>
    private void BeginsEmpty(VirtualPartition partition, VirtualSilo last)
    {
        int number = partition.Number;
        SiloAddress? with = partition.LostWith;
        if (Time.IsTold) Time.Tell($"partition {number} is lost, with {with}");
        Counts.Add(with is null ? Happening.RamLostUntold : Happening.RamLost);
        Unless(
            with is null || Members[with] == MemberStatus.Dead
                || _dropped.Contains((number, with)),
            $"partition {number} is said to be lost with a silo that lives");
        Unless(
            with is not null || Members[partition.Silo.Here] == MemberStatus.Dead
                || _taking.Count(each => each.Partition == number) > 1
                || !_silos.Exists(each => Members[each.Here] != MemberStatus.Dead
                    && each.KnowsOwnersSince < last.EndedAt),
            $"partition {number} is lost and nobody says so");
        _lost.Add(number);
    }

    /// <summary>Null: nothing is under way.</summary>
    private string? DescribeUnrest()
    {
        foreach ((SiloAddress address, MemberStatus status) in Members)
        {
            VirtualSilo? silo = Find(address);
            if (status == MemberStatus.Dead)
            {
                if (silo is not null) return $"{silo.Name} does not know that it is dead";
                continue;
            }

            if (silo is null) return $"{NameOf(address)} is not declared dead";
            if (!silo.IsIdle) return $"{silo.Name} is busy: {silo.DescribeWork()}";
            if (status == MemberStatus.Leaving) return $"{silo.Name} still stops";
        }

        return Members.ContainsValue(MemberStatus.Active)
            ? DescribeUnended()
            : "no silo serves";
    }

    /// <summary>What waits for a decision, or for being told; null: nothing.</summary>
    private string? DescribeUnended()
    {
        if (Grains is null || !_areGrainsAwake) return null;

        // What is in no silo waits for somebody who uses it.
        if (Storage.Prepared.Values.FirstOrDefault(each => _silos.Exists(silo => silo.IsAlive
            && silo.Partitions.Any(open => open.Number == each.Partition))) is { } prepared)
            return $"partition {prepared.Partition} has prepared {NameOf(prepared.Id)}";
        if (Storage.Decisions.Values.FirstOrDefault() is { } decision)
            return $"the decision about {NameOf(decision.Id)} stands";
        return Enumerable.Range(0, Grains.Count)
            .Select(each => Grains.Find(each)?.DescribeWork())
            .FirstOrDefault(static each => each is not null);
    }

    private void CheckAll()
    {
        foreach (VirtualPartition each in _silos.Where(static each => each.IsAlive)
            .SelectMany(static each => each.Partitions))
        {
            Unless(each.Locks.IsIdle, $"partition {each.Number} is not idle when all have ended");
            if (!each.IsDisk || each.IsClosed) continue;
            foreach (int key in KeysOf(each.Number))
            {
                int[] memory = each.Content.TryGetValue(key, out VirtualCell cell)
                    ? cell.Values
                    : [];
                int[] stored = Storage.Rows.GetValueOrDefault(key) ?? [];
                Unless(
                    memory.AsSpan().SequenceEqual(stored),
                    $"list {key} is [{string.Join(' ', memory)}] in {each.Silo.Name} and "
                        + $"[{string.Join(' ', stored)}] in the storage");
            }
        }

        ListTransaction[] kept = [.. _history.Select((each, index) => new ListTransaction(
            index + 1,
            each.Start,
            each.End,
            each.Outcome,
            [.. each.Operations.Where(operation => !_lost.Contains(
                operation.Key / VirtualPartition.KeysInPartition))]))];
        if (HistoryChecker.Check(kept) is { } anomaly)
            throw new Locks.Simulation.SimulationFailedException(anomaly);
    }
}
