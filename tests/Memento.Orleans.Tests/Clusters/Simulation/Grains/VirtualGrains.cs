using Memento.Tests.Locks.Simulation;
using Orleans.Transactions;

namespace Memento.Tests.Clusters.Simulation.Grains;

/// <summary>
/// The grains of a cluster, where they are, and the messages of Orleans' two-phase commit.
/// </summary>
internal sealed class VirtualGrains(ClusterSimulation all, SeededRandom random, int count)
{
    private readonly StoredGrain[] _stored =
        [.. Enumerable.Range(0, count).Select(number => new StoredGrain(all, number))];

    private readonly Dictionary<int, SiloAddress> _places = [];
    private readonly HashSet<Guid> _decided = [];
    private readonly HashSet<Guid> _presumed = [];

    public int Count => _stored.Length;

    public StoredGrain this[int number] => _stored[number];

    /// <summary>The storage of its manager has it as committed.</summary>
    public void Decide(Guid id) => _decided.Add(id);

    public bool IsDecided(Guid id) => _decided.Contains(id);

    /// <summary>
    /// A manager has told a participant that a transaction must have been aborted of which it has
    /// never heard.
    /// </summary>
    public void PresumeAbort(VirtualVote question)
    {
        // One that was restored asks at once, in Orleans too, and would be forgotten where the
        // commit comes later. That is Orleans' own matter.
        if (question is { IsRestored: true, Voter.Kind: PartyKind.Grain })
            _presumed.Add(question.Id);
    }

    /// <summary>Null: no silo can have it.</summary>
    public SiloAddress? Locate(int grain)
    {
        if (_places.TryGetValue(grain, out SiloAddress? known))
        {
            // One that stops makes no new activations.
            bool isThere = all.Members[known] switch
            {
                MemberStatus.Active => true,
                MemberStatus.Leaving => all.Find(known)?.FindGrain(grain) is not null,
                _ => false,
            };
            if (isThere) return known;
        }

        SiloAddress[] active = [.. all.Members
            .Where(static each => each.Value == MemberStatus.Active)
            .Select(static each => each.Key)];
        return active.Length == 0 ? null : _places[grain] = active[random.Below(active.Length)];
    }

    /// <summary>The activation of a grain where messages go to; null: there is none.</summary>
    public VirtualGrain? Find(int grain)
        => Locate(grain) is { } place ? all.Find(place)?.FindGrain(grain) : null;

    /// <summary>A grain is deactivated; the next message brings it back, maybe elsewhere.</summary>
    public void DeactivateOne()
    {
        int grain = random.Below(Count);
        if (Find(grain) is not { } found) return;

        all.Counts.Add(Happening.GrainEnded);
        found.End();
        if (random.OneIn(2)) _places.Remove(grain);
    }

    /// <summary>Calls a grain; null: it has not answered, or has failed.</summary>
    public Task<T?> CallAsync<T>(
        Node from, int grain, long timeout, Func<VirtualGrain, Task<T?>> call)
        where T : class
        => Locate(grain) is { } silo
            ? all.Network.CallAsync(
                from,
                silo,
                timeout,
                async there => await there.ActivateAsync(grain) is { } found
                    ? await call(found)
                    : null,
                isOnce: true)
            : Task.FromResult<T?>(null);

    /// <summary>Sends a grain a message, at most once.</summary>
    public void Send(Node from, int grain, Action<VirtualGrain> message)
        => all.Time.Go(() => CallAsync(from, grain, VirtualGrain.ResponseTimeout, there =>
        {
            message(there);
            return Task.FromResult<Done?>(Done.Instance);
        }));

    /// <summary>
    /// Asks a grain to commit. The message may be very late, as long as it lives.
    /// </summary>
    public async Task<StatusAnswer?> PrepareAndCommitAsync(
        Node from, int grain, PrepareAndCommitCall call)
    {
        long sent = all.Time.Now;
        if (!all.Network.IsHealthy && random.OneIn(12))
            await from.DelayAsync(VirtualTime.Milliseconds(random.Between(1, 700)));
        long left = sent + VirtualGrain.ResponseTimeout - all.Time.Now;
        return await CallAsync(from, grain, left, there =>
        {
            bool isGone = all.Time.Now - sent > VirtualGrain.ResponseTimeout
                || _presumed.Contains(call.Id);
            return isGone
                ? new TaskCompletionSource<StatusAnswer?>().Task
                : there.PrepareAndCommitAsync(call);
        });
    }

    public void Prepare(Node from, Party target, PrepareCall call)
    {
        if (target.Kind == PartyKind.Grain)
            Send(from, target.Number, there => there.Prepare(call));
        else if (all.OwnerOf(target.Number) is { } silo)
            all.Network.SendOnce(silo, there => there.PreparePart(target.Number, call));
    }

    public void Abort(Node from, Party target, Guid id)
    {
        if (target.Kind == PartyKind.Grain)
            Send(from, target.Number, there => all.Time.Go(() => there.AbortAsync(id)));
        else if (all.OwnerOf(target.Number) is { } silo)
            all.Network.Send(silo, there => there.AbortPart(target.Number, id));
    }

    /// <summary>Whether the participant has answered that it has applied it, durably.</summary>
    public async Task<bool> ConfirmAsync(Node from, Party target, Guid id, long time)
        => await CallEitherAsync(
            from,
            target,
            there => there.ConfirmAsync(id, time),
            there => there.ConfirmPartAsync(target.Number, id)) is not null;

    public Task CancelAsync(
        Node from, Party target, Guid id, long time, TransactionalStatus status)
        => CallEitherAsync(
            from,
            target,
            there => there.CancelAsync(id, time, status),
            there => there.CancelPartAsync(target.Number, id));

    /// <summary>A vote or a question: sent once, and lost if it is lost.</summary>
    public void SendToManager(VirtualSilo from, Party manager, VirtualVote message)
    {
        if (all.Time.IsTold)
        {
            string what = message.Vote is { } vote ? $"votes {vote}" : "asks";
            all.Time.Tell($"{message.Voter} {what} about {all.NameOf(message.Id)}");
        }

        if (manager.Kind == PartyKind.Silo)
        {
            all.Time.Go(() => from.ReceiveAsync(manager.Silo!, message));
            return;
        }

        Send(from, manager.Number, there =>
        {
            if (message.Vote is null)
                all.Time.Go(() => there.PingAsync(message));
            else
                there.Vote(message);
        });
    }

    private Task<Done?> CallEitherAsync(
        Node from,
        Party target,
        Func<VirtualGrain, Task<Done?>> grain,
        Func<VirtualSilo, Task<Done?>> silo)
    {
        if (target.Kind == PartyKind.Grain)
            return CallAsync(from, target.Number, VirtualGrain.ResponseTimeout, grain);
        return all.OwnerOf(target.Number) is { } owner
            ? all.Network.CallAsync(from, owner, VirtualGrain.ResponseTimeout, silo)
            : Task.FromResult<Done?>(null);
    }
}
