using Memento.Messages;

namespace Memento.Participants;

/// <summary>The silos in which transactions of this one have read.</summary>
internal interface IReadSilos
{
    /// <summary>Whether the membership says that a silo has ended.</summary>
    bool IsDead(SiloAddress silo);

    /// <summary>Ends transactions that have only read in a silo.</summary>
    Task EndReadsAsync(SiloAddress silo, Guid[] transactionIds);
}

/// <summary>
/// Ends transactions in another silo in which they have only read. Their callers do not wait for
/// it: nothing is left to do there but to release the locks.
/// </summary>
/// <remarks>
/// What must hold: a message of this silo never meets a lock of a transaction that has ended here
/// before the message left. So each message takes along all those whose end its silo has not
/// confirmed. Besides, a message for them alone is under way while there are any; what ends
/// meanwhile goes with the next one.
/// </remarks>
internal sealed class EndedReads(IReadSilos silos, TimeProvider time)
{
    private readonly Lock _gate = new();

    // A silo is in it while messages for it are under way, so that there is one at a time.
    private readonly Dictionary<SiloAddress, HashSet<Guid>> _unconfirmed = [];

    /// <summary>Ends a transaction in a silo, and does not wait.</summary>
    public void Add(SiloAddress silo, Guid transactionId)
    {
        lock (_gate)
        {
            if (_unconfirmed.TryGetValue(silo, out HashSet<Guid>? known))
            {
                known.Add(transactionId);
                return;
            }

            _unconfirmed.Add(silo, [transactionId]);
        }

        // Without the context of the caller: the messages of later ones follow this one.
        ThreadPool.UnsafeQueueUserWorkItem(
            static first => first.ended.TellAsync(first.silo).Ignore(),
            (ended: this, silo),
            preferLocal: false);
    }

    /// <summary>What the next message to a silo has to take along; null: nothing.</summary>
    public Guid[]? In(SiloAddress? silo)
    {
        if (silo is null) return null;

        lock (_gate)
            return _unconfirmed.TryGetValue(silo, out HashSet<Guid>? known) && known.Count > 0
                ? [.. known]
                : null;
    }

    /// <summary>Keeps that a silo has ended transactions.</summary>
    public void Confirm(SiloAddress silo, Guid[] ended)
    {
        lock (_gate)
        {
            if (_unconfirmed.TryGetValue(silo, out HashSet<Guid>? known)) known.ExceptWith(ended);
        }
    }

    /// <summary>
    /// Tells a silo until it has confirmed all, or is dead. One that is not reached for as long as
    /// an abort is tried ends them at their time limits.
    /// </summary>
    private async Task TellAsync(SiloAddress silo)
    {
        int failures = 0;
        TimeSpan pause = BackOff.First;
        while (TryTake(silo, out Guid[] ended))
        {
            try
            {
                await silos.EndReadsAsync(silo, ended)
                    .WaitAsync(AbortMessage.Patience, time)
                    .ConfigureAwait(false);
                Confirm(silo, ended);
                (failures, pause) = (0, BackOff.First);
                continue;
            }
            catch (Exception exception) when (StoreLifetime.IsUnreachable(exception))
            {
                if (++failures == AbortMessage.MostSends || silos.IsDead(silo))
                {
                    Forget(silo);
                    return;
                }
            }
            catch
            {
                Forget(silo);
                throw;
            }

            await Task.Delay(pause, time).ConfigureAwait(false);
            pause = BackOff.After(pause);
        }
    }

    private void Forget(SiloAddress silo)
    {
        lock (_gate)
            _unconfirmed.Remove(silo);
    }

    /// <summary>All that a silo has not confirmed; false: nothing, and nobody tells it.</summary>
    private bool TryTake(SiloAddress silo, out Guid[] ended)
    {
        lock (_gate)
        {
            ended = [.. _unconfirmed[silo]];
            if (ended.Length == 0) _unconfirmed.Remove(silo);
        }

        return ended.Length > 0;
    }
}
