using Memento.Tests.Consistency;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>A snapshot that was taken.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Silos">The silos with parts of it.</param>
/// <param name="Dead">Those that were dead before it was taken.</param>
internal sealed record VirtualSnapshot(Guid Id, SiloAddress[] Silos, SiloAddress[] Dead);

/// <content>
/// Takes snapshots and reads them, by the steps of
/// <see cref="Memento.Silos.Snapshots.CutRound"/> and
/// <see cref="Memento.Silos.Snapshots.SiloSnapshots"/>.
/// </content>
internal sealed partial class VirtualSilo
{
    private static readonly long LongestTry = VirtualTime.Milliseconds(600);

    private int _snapshots;

    private SiloAddress[] Dead
        => [.. _view.Where(static each => each.Value == MemberStatus.Dead)
            .Select(static each => each.Key)];

    /// <summary>
    /// Takes a snapshot and reads all lists. What fails is not told: a body that reads no more has
    /// no place among the others.
    /// </summary>
    public async Task ReadByCutAsync()
    {
        _snapshots++;
        long start = All.Time.Now;
        if (await TakeCutAsync() is { } taken)
        {
            if (_random.OneIn(3))
            {
                int most = _random.OneIn(3) ? 1_500 : 300;
                await DelayAsync(VirtualTime.Milliseconds(_random.Between(1, most)));
            }

            if (await ReadAllAsync(taken) is { } operations)
            {
                if (All.Time.IsTold)
                    All.Time.Tell($"{Name} has read a snapshot: {string.Join("; ", operations)}");
                All.Counts.Add(Happening.SnapshotRead);
                All.RecordSnapshot(start, operations);
            }
            else
            {
                All.Counts.Add(Happening.SnapshotEnded);
            }

            EndAll(taken);
        }

        _snapshots--;
    }

    private async Task<VirtualSnapshot?> TakeCutAsync()
    {
        long began = All.Time.Now;
        for (double pause = 5; All.Time.Now - began < LongestTry; pause = Math.Min(pause * 2, 80))
        {
            SiloAddress[] all = [Here, .. Others];
            VirtualSnapshot? taken = all.Length == 1
                ? await TryTakeAloneAsync()
                : await TryTakeAsync(all);
            if (taken is not null)
            {
                if (All.Time.IsTold) All.Time.Tell($"{Name} has taken a snapshot");
                All.Counts.Add(all.Length == 1
                    ? Happening.SnapshotTakenAlone
                    : Happening.SnapshotTaken);
                return taken;
            }

            All.Counts.Add(Happening.CutTriedAgain);
            await DelayAsync(VirtualTime.Milliseconds(pause));
        }

        return null;
    }

    private async Task<VirtualSnapshot?> TryTakeAloneAsync()
    {
        if (!Lease.IsValid) return null;
        var taken = new VirtualSnapshot(All.NewId(), [Here], Dead);
        await _latch.CloseAsync();
        bool isTaken = Lease.IsValid;
        if (isTaken)
        {
            CloseReply here = DescribeClosed(0);
            isTaken = Array.TrueForAll(here.Needed, Here.Equals) && ApplyCommitted(here.Committed);
        }

        if (isTaken) Take(taken.Id);
        long position = Journal.LastPosition;
        int generation = Journal.Generation;
        _latch.Open();

        // One that came meanwhile may have committed before the cut.
        if (isTaken && await IsDurableAsync(position, generation) && !Others.Any()) return taken;
        _cuts.Remove(taken.Id);
        return null;
    }

    private async Task<VirtualSnapshot?> TryTakeAsync(SiloAddress[] all)
    {
        Guid cut = All.NewId();
        SiloAddress[] dead = Dead;
        Done?[] prepared = await EachAsync(all, static there => there.PrepareAsync());
        if (Array.Exists(prepared, static each => each is null)) return null;

        CloseReply?[] closed = await EachAsync(all, there => there.CloseAsync(cut));
        if (!AreClosed(all, closed))
        {
            OpenAll(all, cut);
            return null;
        }

        // All are closed: this is the moment. What is committed by now is applied where it is not.
        var taken = new VirtualSnapshot(All.NewId(), all, dead);
        Guid[] committed = [.. closed.SelectMany(static each => each!.Committed).Distinct()];
        CutReply?[] cuts = await Task.WhenAll(all.Select((silo, i) =>
        {
            var call = new CutCall(cut, closed[i]!.Closing, taken.Id, committed);
            return AskAsync(silo, there => there.CutAsync(call));
        }));
        if (Array.TrueForAll(cuts, static each => each is { IsTaken: true })) return taken;
        if (Array.Exists(cuts, static each => each is null)) OpenAll(all, cut);
        EndAll(taken);
        return null;
    }

    private bool AreClosed(SiloAddress[] all, CloseReply?[] closed)
    {
        if (!Others.ToHashSet().SetEquals(all.Skip(1))) return false;
        foreach (CloseReply? each in closed)
        {
            if (each is not { IsClosed: true }
                || Array.Exists(each.Needed, needed => needed is null || !all.Contains(needed))
                || !each.Serving.ToHashSet().SetEquals(all))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Null: it cannot be read, and another snapshot has to be taken.</summary>
    private async Task<List<ListOperation>?> ReadAllAsync(VirtualSnapshot taken)
    {
        List<ListOperation> operations = [];
        ShownReply?[] known = await ShowAsync(taken);
        foreach (int number in All.Numbers)
        {
            if (Find(known, number) is null)
            {
                // It is nowhere: whoever opens it has what there was at the cut.
                if (OwnerOf(number) is not { } owner) return null;
                await All.Network.CallAsync(
                    this,
                    owner,
                    VirtualTime.Milliseconds(700),
                    there => there.MoveHereAsync(number));
                known = await ShowAsync(taken);
            }

            // Who does not know it, or does not answer, may have had more of it than the others.
            if (!Array.TrueForAll(known, static each => each is { Partitions: not null })
                || Find(known, number) is not { } shown)
            {
                return null;
            }

            if (!shown.WasThere)
            {
                // Who has no part of it may have changed it since.
                if (shown.OwnersBefore.Except(taken.Silos).Except(taken.Dead).Any()) return null;
                All.Counts.Add(Happening.LaterOwnerShown);
            }

            operations.AddRange(ClusterSimulation.KeysOf(number).Select(key =>
                ListOperation.Read(key, shown.Lists.GetValueOrDefault(key) ?? [])));
        }

        return operations;
    }

    /// <summary>
    /// What the silo shows that had a partition at the cut, or else the first one that had it
    /// afterwards.
    /// </summary>
    private static ShownPartition? Find(ShownReply?[] known, int number)
    {
        ShownPartition[] all = [.. known
            .Select(each => each?.Partitions?.GetValueOrDefault(number)).OfType<ShownPartition>()];
        return all.Where(static each => each.WasThere).MaxBy(static each => each.Ownership)
            ?? all.MinBy(static each => each.Ownership);
    }

    private Task<ShownReply?[]> ShowAsync(VirtualSnapshot taken)
        => EachAsync(taken.Silos, there => Task.FromResult(there.ReadSnapshot(taken.Id)));

    private Task<T?[]> EachAsync<T>(SiloAddress[] all, Func<VirtualSilo, Task<T?>> ask)
        where T : class
        => Task.WhenAll(all.Select(silo => AskAsync(silo, ask)));

    private Task<T?> AskAsync<T>(SiloAddress silo, Func<VirtualSilo, Task<T?>> ask)
        where T : class
        => silo.Equals(Here) ? ask(this) : All.Network.CallAsync(this, silo, CallTimeout, ask);

    private void OpenAll(SiloAddress[] all, Guid cut)
    {
        foreach (SiloAddress each in all)
        {
            if (each.Equals(Here))
                OpenAfterCut(cut);
            else
                All.Network.Send(each, there => there.OpenAfterCut(cut));
        }
    }

    private void EndAll(VirtualSnapshot taken)
    {
        foreach (SiloAddress each in taken.Silos)
        {
            if (each.Equals(Here))
                EndSnapshot(taken.Id);
            else
                All.Network.Send(each, there => there.EndSnapshot(taken.Id));
        }
    }
}
