using Memento.Tests.Locks.Simulation;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>
/// Carries messages between processes: late, in any order, some twice, and some never. Every caller
/// has a time-out.
/// </summary>
/// <param name="all">The cluster.</param>
/// <param name="random">The choices.</param>
/// <param name="lostOneIn">Of so many messages, one is lost.</param>
internal sealed class VirtualNetwork(ClusterSimulation all, SeededRandom random, int lostOneIn)
{
    /// <summary>Ends the faults: from now on all messages arrive, once.</summary>
    public bool IsHealthy { get; set; }

    /// <summary>Calls a silo. Null: it has not answered in time.</summary>
    /// <param name="from">The caller.</param>
    /// <param name="to">The silo.</param>
    /// <param name="timeout">How long the caller waits.</param>
    /// <param name="call">What is done there.</param>
    /// <param name="isOnce">
    /// Whether it arrives at most once, which Orleans promises. Operations, which are counted,
    /// and the hand-over rely on it; everything else has to stand a second message.
    /// </param>
    public Task<T?> CallAsync<T>(
        Node from,
        SiloAddress to,
        long timeout,
        Func<VirtualSilo, Task<T?>> call,
        bool isOnce = false)
        where T : class
    {
        var answered = new TaskCompletionSource<T?>();
        from.Post(timeout, () => answered.TrySetResult(null));
        Carry(() => Deliver(to, silo => all.Time.Go(async () =>
        {
            T? answer = await call(silo);
            Carry(() => from.Post(0, () => answered.TrySetResult(answer)));
        })), isOnce);
        return answered.Task;
    }

    /// <summary>Sends a message without an answer.</summary>
    public void Send(SiloAddress to, Action<VirtualSilo> message)
        => Carry(() => Deliver(to, message));

    /// <summary>Sends a message that arrives at most once.</summary>
    public void SendOnce(SiloAddress to, Action<VirtualSilo> message)
        => Carry(() => Deliver(to, message), isOnce: true);

    private void Deliver(SiloAddress to, Action<VirtualSilo> message)
    {
        if (all.Find(to) is { } silo) silo.Post(0, () => message(silo));
    }

    private void Carry(Action arrives, bool isOnce = false)
    {
        if (IsHealthy)
        {
            all.Time.After(Delay(), arrives);
            return;
        }

        if (random.OneIn(lostOneIn))
        {
            all.Counts.Add(Happening.LostMessage);
            return;
        }

        all.Time.After(Delay(), arrives);
        if (isOnce || !random.OneIn(lostOneIn)) return;
        all.Counts.Add(Happening.DoubledMessage);
        all.Time.After(Delay(), arrives);
    }

    private long Delay()
        => VirtualTime.Milliseconds(
            random.OneIn(24) ? random.Between(5, 60) : random.Between(1, 20) / 10.0);
}
