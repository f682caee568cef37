namespace Memento.Tests.Clusters.Simulation;

/// <summary>What a silo that gives a partition up answers.</summary>
internal sealed record GivenUp(long? Tenure, SiloAddress? LastOwner, SiloAddress? LostWith);

/// <summary>A row of a partition that waits for its next owner; no key: it has no more.</summary>
internal sealed record FetchedRow(int? Key, int[] Values);

/// <summary>A call that says nothing has been answered.</summary>
internal sealed record Done
{
    public static Done Instance { get; } = new();
}

/// <summary>The records of a partition between two owners.</summary>
internal sealed record ParkedContent(long Tenure, Dictionary<int, VirtualCell> Content);

/// <summary>The last owners of partitions that a silo knows.</summary>
internal sealed record OwnersAnswer(List<(int Partition, SiloAddress Owner)> Owners);

/// <summary>Whether a silo has dropped what it kept.</summary>
internal sealed record Released(bool IsDone);

/// <summary>What a silo knows of the owner of a partition.</summary>
/// <param name="Silo">The silo that has asked for it last.</param>
/// <param name="Last">The last one that may have served it; null: not known.</param>
/// <param name="Before">That one, before another one began to take it; null: not known.</param>
/// <param name="LostWith">
/// The silo with which its records were found to be lost, by a take that failed; null: none.
/// </param>
/// <param name="Opening">Ends when this silo has opened it, or could not.</param>
internal sealed record VirtualOwner(
    SiloAddress Silo,
    SiloAddress? Last,
    SiloAddress? Before,
    SiloAddress? LostWith,
    Task Opening);

/// <content>
/// Takes partitions and gives them up, by the steps of
/// <see cref="Memento.Silos.HandOver.PartitionTaker"/> and
/// <see cref="Memento.Silos.HandOver.PartitionGiver"/>.
/// </content>
internal sealed partial class VirtualSilo
{
    /// <summary>How often a silo that stops tries to have a partition opened elsewhere.</summary>
    private const int MostOpenings = 60;

    private readonly Dictionary<int, VirtualPartition> _partitions = [];
    private readonly Dictionary<int, Task<VirtualPartition?>> _opening = [];
    private readonly Dictionary<VirtualPartition, Task> _closingPartitions = [];
    private readonly Dictionary<int, ParkedContent> _parked = [];
    private readonly Dictionary<int, VirtualOwner> _owners = [];
    private readonly HashSet<SiloAddress> _told = [];

    public IEnumerable<VirtualPartition> Partitions => _partitions.Values;

    /// <summary>Since when it knows which silos had partitions when it joined.</summary>
    public long KnowsOwnersSince { get; private set; } = long.MaxValue;

    /// <summary>The partition, opened here if it belongs here; null: it is elsewhere.</summary>
    public async Task<VirtualPartition?> OpenAsync(int number)
    {
        if (_partitions.TryGetValue(number, out VirtualPartition? open) && !open.IsClosed)
            return open;
        if (IsLeaving || !Here.Equals(OwnerOf(number))) return null;
        if (_opening.TryGetValue(number, out Task<VirtualPartition?>? opening))
            return await opening;

        var opened = new TaskCompletionSource<VirtualPartition?>();
        _opening.Add(number, opened.Task);
        VirtualPartition? taken = await TakeAsync(number);
        _opening.Remove(number);
        Wake(opened, taken);
        return taken;
    }

    public async Task<Done?> MoveHereAsync(int number)
    {
        await OpenAsync(number);
        return Done.Instance;
    }

    /// <summary>A silo that has joined asks which silos have partitions.</summary>
    public async Task<OwnersAnswer?> ShowOwnersAsync(SiloAddress asker)
    {
        if (!_view.ContainsKey(asker)) await RefreshAsync();
        List<(int Number, SiloAddress Owner)> all = [];
        foreach ((int number, VirtualOwner each) in _owners)
        {
            SiloAddress? last = asker.Equals(each.Last) ? each.Before : each.Last ?? each.Silo;
            if (last is not null) all.Add((number, last));
        }

        return new OwnersAnswer([.. all]);
    }

    /// <summary>Closes a partition, which another silo owns from now on.</summary>
    public async Task<GivenUp?> GiveUpAsync(int number, SiloAddress owner)
    {
        if (IsDead(owner)) return null;
        VirtualOwner? known = _owners.GetValueOrDefault(number);
        VirtualOwner owned = SetOwner(
            number, owner, owner, owner.Equals(known?.Silo) ? known.Before : known?.Last);
        await owned.Opening;
        if (_partitions.TryGetValue(number, out VirtualPartition? partition))
            await CloseAsync(partition);
        long? tenure = _parked.GetValueOrDefault(number)?.Tenure;
        SiloAddress? dropped = tenure is null && Here.Equals(owned.Before) ? Here : null;
        return new GivenUp(tenure, owned.Before, owned.LostWith ?? dropped);
    }

    /// <summary>The next row of a kept partition, or none if it is not kept.</summary>
    public FetchedRow? Fetch(int number, long tenure, int after)
    {
        if (!_parked.TryGetValue(number, out ParkedContent? kept) || kept.Tenure != tenure)
            return null;
        int[] keys = [.. kept.Content.Keys.Where(each => each > after).Order()];
        if (All.Fault == ClusterFault.DropsWhenSent && keys.Length <= 1) _parked.Remove(number);
        return keys.Length == 0
            ? new FetchedRow(null, [])
            : new FetchedRow(keys[0], kept.Content[keys[0]].Values);
    }

    /// <summary>
    /// Drops records that the next owner has; false: it is dead, or another one is it by now.
    /// </summary>
    public Released TryReleaseKept(int number, long tenure, SiloAddress owner)
    {
        if (IsDead(owner) || !owner.Equals(_owners.GetValueOrDefault(number)?.Silo))
            return new Released(IsDone: false);
        if (_parked.TryGetValue(number, out ParkedContent? kept) && kept.Tenure <= tenure)
            _parked.Remove(number);
        return new Released(IsDone: true);
    }

    /// <summary>A silo that stops tells what it has committed.</summary>
    public Done Remember(SiloAddress silo, Guid[] committed, bool isAll)
    {
        foreach (Guid each in committed)
            _outcomes[each] = true;
        if (isAll) _told.Add(silo);
        return Done.Instance;
    }

    /// <summary>Hands all partitions over, and ends.</summary>
    public async Task LeaveAsync()
    {
        All.Tell(this, MemberStatus.Leaving);
        IsLeaving = true;
        while (_opening.Count > 0)
            await DelayAsync(VirtualTime.Milliseconds(5));
        int[] names = [.. _partitions.Keys.Union(_parked.Keys)];
        foreach (VirtualPartition each in _partitions.Values.ToArray())
            await CloseAsync(each);
        while (_registry.Count > 0 || _sealed.Count > 0 || _running.Count > 0)
            await DelayAsync(VirtualTime.Milliseconds(20));

        Guid[] committed = [.. _outcomes.Where(static each => each.Value)
            .Select(static each => each.Key)];
        await Task.WhenAll(Others.Select(each => All.Network.CallAsync(
            this,
            each,
            CallTimeout,
            there => Task.FromResult<Done?>(there.Remember(
                Here, committed, isAll: _inDoubt.Count == 0)))));
        foreach (int each in names)
        {
            for (int i = 0; i < MostOpenings; i++)
            {
                if (OwnerOf(each) is not { } next || await IsOpenedAsync(next, each)) break;
                await DelayAsync(VirtualTime.Milliseconds(30));
            }
        }

        await Journal.FlushAsync();
        Lease.End();
        All.Storage.EndLease(Id);
        All.Leave(this);

        async Task<bool> IsOpenedAsync(SiloAddress next, int number)
        {
            Done? done = await All.Network.CallAsync(
                this, next, VirtualTime.Milliseconds(400), there => there.MoveHereAsync(number));
            return done is not null && !_parked.ContainsKey(number);
        }
    }

    /// <summary>Opens what a dead silo had, and moves what belongs elsewhere.</summary>
    private async Task MoveAsync()
    {
        foreach ((int number, VirtualOwner owner) in _owners.ToArray())
        {
            if (owner.Last is { } last && IsDead(last) && Here.Equals(OwnerOf(number)))
                await OpenAsync(number);
        }

        foreach (int number in _partitions.Keys.ToArray())
        {
            if (OwnerOf(number) is not { } owner || owner.Equals(Here)) continue;
            await All.Network.CallAsync(
                this, owner, VirtualTime.Milliseconds(400), there => there.MoveHereAsync(number));
        }
    }

    /// <summary>
    /// Asks all others which silos have partitions: it was not told when these took them.
    /// </summary>
    private async Task LearnOwnersAsync()
    {
        await Task.WhenAll(Others.ToArray().Select(async silo =>
        {
            Reply<OwnersAnswer> reply = await UntilDeadAsync(
                silo, there => there.ShowOwnersAsync(Here));
            foreach ((int number, SiloAddress owner) in reply.Answer?.Owners ?? [])
            {
                VirtualOwner? known = _owners.GetValueOrDefault(number);
                if (known?.Last is not null) continue;
                _owners[number] =
                    (known ?? new VirtualOwner(owner, owner, null, null, Task.CompletedTask))
                    with
                    { Last = owner };
            }
        }));
        KnowsOwnersSince = All.Time.Now;
    }

    private async Task<VirtualPartition?> TakeAsync(int number)
    {
        if (_partitions.TryGetValue(number, out VirtualPartition? last)) await CloseAsync(last);
        All.Takes(this, number);
        VirtualOwner? before = _owners.GetValueOrDefault(number);
        SetOwner(number, Here, before?.Last, before: null);
        List<(SiloAddress Silo, GivenUp? Answer)>? answers =
            await AskAllAsync(number, before?.Last);
        if (answers is null) return null;

        ParkedContent? own = _parked.GetValueOrDefault(number);
        (SiloAddress Silo, GivenUp? Answer) best =
            answers.OrderBy(static each => each.Answer?.Tenure).LastOrDefault();
        SiloAddress? lastOwner = before?.Last ?? _owners[number].Last;
        SiloAddress? lost =
            FindLoss(answers, lastOwner, before?.LostWith, hasOwn: own is not null);
        bool isNowhere = own is null && best.Answer?.Tenure is null;
        ShowFound(number, isNowhere ? null : best.Silo, isNowhere ? lost : null);
        Dictionary<int, VirtualCell>? content = own?.Content;
        long tenure = own?.Tenure ?? 0;
        if (best.Answer?.Tenure > tenure)
        {
            tenure = best.Answer.Tenure.Value;
            (bool isOver, content) = await FetchAsync(best.Silo, number, tenure);
            if (!isOver) return null;
            if (content is null)
                lost = best.Silo;
            else
                All.Counts.Add(Happening.HandedOver);
        }

        if (!_owners[number].Silo.Equals(Here)) return null;
        var opening = new TaskCompletionSource<bool>();
        _owners[number] = _owners[number] with { Opening = opening.Task };
        VirtualPartition? partition = await LoadAsync(
            number, tenure + 1, content, lost, [.. OwnersBefore(answers, lastOwner)]);
        bool isOpen = partition is not null && await ServeAsync(partition, answers);
        if (isOpen)
        {
            _parked.Remove(number);
            ShowFound(number, Here, lostWith: null);
        }
        else if (partition is not null && content is not null)
        {
            _parked[number] = new ParkedContent(tenure, content);
        }

        Wake(opening, true);
        return isOpen ? partition : null;
    }

    /// <summary>
    /// Releases what the others keep of a partition, and lets it be found here. False: this silo
    /// stops, or has lost it meanwhile.
    /// </summary>
    private async Task<bool> ServeAsync(
        VirtualPartition partition, List<(SiloAddress Silo, GivenUp? Answer)> answers)
    {
        foreach ((SiloAddress silo, GivenUp? answer) in answers)
        {
            if (answer?.Tenure is null) continue;
            Reply<Released> reply = await UntilDeadAsync(
                silo,
                there => Task.FromResult<Released?>(there.TryReleaseKept(
                    partition.Number, partition.Tenure - 1, Here)));
            if (!reply.IsStopped && reply.Answer?.IsDone != false) continue;
            await ReleaseHoldingAsync(partition.Holding);
            return false;
        }

        _partitions[partition.Number] = partition;
        ShowLater(partition);
        if (!partition.Holding.IsLost)
        {
            All.Opened(partition);
            AskAboutRestored(partition);
            return true;
        }

        await CloseAsync(partition);
        return false;
    }

    private async Task<List<(SiloAddress Silo, GivenUp? Answer)>?> AskAllAsync(
        int number, SiloAddress? before)
    {
        List<(SiloAddress Silo, GivenUp? Answer)> answers = [];
        while (true)
        {
            SiloAddress[] next = [.. Others.Except(answers.Select(static each => each.Silo))];
            Reply<GivenUp>[] replies = await Task.WhenAll(next.Select(silo => UntilDeadAsync(
                silo, there => there.GiveUpAsync(number, Here))));
            if (Array.Exists(replies, static each => each.IsStopped)) return null;
            answers.AddRange(next.Zip(replies, static (silo, each) => (silo, each.Answer)));
            if (OwnersBefore(answers, before).All(owner => owner.Equals(Here)
                || IsDead(owner)
                || answers.Exists(each => each.Silo.Equals(owner))))
            {
                return answers;
            }

            await RefreshAsync();
            if (!Others.Except(answers.Select(static each => each.Silo)).Any()) return answers;
        }
    }

    /// <summary>The silo with which the records were lost, if nobody has them.</summary>
    private SiloAddress? FindLoss(
        List<(SiloAddress Silo, GivenUp? Answer)> answers,
        SiloAddress? before,
        SiloAddress? lostWith,
        bool hasOwn)
    {
        if (OwnersBefore(answers, before).FirstOrDefault(HasEnded) is { } ended) return ended;
        if (lostWith is not null) return lostWith;
        if (!hasOwn && Here.Equals(before)) return Here;
        return answers.Select(static each => each.Answer?.LostWith)
            .FirstOrDefault(static each => each is not null);
    }

    private static IEnumerable<SiloAddress> OwnersBefore(
        IEnumerable<(SiloAddress, GivenUp? Answer)> answers, SiloAddress? before)
        => answers.Select(static each => each.Answer?.LastOwner).Prepend(before)
            .OfType<SiloAddress>();

    private bool HasEnded(SiloAddress owner) => !owner.Equals(Here) && !Others.Contains(owner);

    private async Task<(bool IsOver, Dictionary<int, VirtualCell>? Content)> FetchAsync(
        SiloAddress silo, int number, long tenure)
    {
        Dictionary<int, VirtualCell> content = [];
        int after = -1;
        while (true)
        {
            int place = after;
            Reply<FetchAnswer> reply = await UntilDeadAsync(
                silo,
                there => Task.FromResult<FetchAnswer?>(
                    new FetchAnswer(there.Fetch(number, tenure, place))));
            if (reply.IsStopped) return (false, null);
            if (reply.Answer?.Row is not { } row) return (true, null);
            if (row.Key is not { } key) return (true, content);
            content[key] = new VirtualCell(row.Values, 0);
            after = key;
        }
    }

    /// <summary>Calls a silo until it answers, is dead, or this one stops.</summary>
    private async Task<Reply<T>> UntilDeadAsync<T>(
        SiloAddress silo, Func<VirtualSilo, Task<T?>> call)
        where T : class
    {
        for (double pause = 5; ; pause = Math.Min(pause * 2, 80))
        {
            if (IsDead(silo)) return new Reply<T>(null, IsStopped: false);
            T? answer = await All.Network.CallAsync(
                this, silo, CallTimeout, call, isOnce: true);
            if (answer is not null) return new Reply<T>(answer, IsStopped: false);
            if (IsLeaving) return new Reply<T>(null, IsStopped: true);
            await DelayAsync(VirtualTime.Milliseconds(pause));
        }
    }

    private VirtualOwner SetOwner(
        int number, SiloAddress owner, SiloAddress? last, SiloAddress? before)
    {
        VirtualOwner? known = _owners.GetValueOrDefault(number);
        return _owners[number] = new VirtualOwner(
            owner, last, before, known?.LostWith, known?.Opening ?? Task.CompletedTask);
    }

    private void ShowFound(int number, SiloAddress? last, SiloAddress? lostWith)
    {
        VirtualOwner known = _owners[number];
        bool isHere = known.Silo.Equals(Here) && last is not null;
        _owners[number] = known with { Last = isHere ? last : known.Last, LostWith = lostWith };
    }

    private async Task CloseAsync(VirtualPartition partition)
    {
        partition.Close();
        foreach (VirtualState each in _registry.Values.ToArray())
        {
            if (each.Parts.Exists(part => part.Partition == partition)) TryAbort(each);
        }

        if (!_closingPartitions.TryGetValue(partition, out Task? closing))
        {
            closing = FinishAsync(partition);
            if (!closing.IsCompleted) _closingPartitions.Add(partition, closing);
        }

        await closing;
    }

    private async Task FinishAsync(VirtualPartition partition)
    {
        await partition.Drained;
        await Journal.FlushAsync();
        if (partition.TakeContent(Journal.DurablePosition) is { } content)
            _parked[partition.Number] = new ParkedContent(partition.Tenure, content);
        else
            All.Dropped(partition);
        await ReleaseHoldingAsync(partition.Holding);
        if (_partitions.GetValueOrDefault(partition.Number) == partition)
            _partitions.Remove(partition.Number);
        _closingPartitions.Remove(partition);
    }

    private sealed record FetchAnswer(FetchedRow? Row);

    private readonly record struct Reply<T>(T? Answer, bool IsStopped)
        where T : class;
}
