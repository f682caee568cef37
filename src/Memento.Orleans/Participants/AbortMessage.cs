using Memento.Diagnostics;
using Memento.Messages;

namespace Memento.Participants;

/// <summary>
/// The message that ends a transaction in the silo of a partition, without its writes. Nobody
/// waits for it. It is sent again while it does not arrive, because a gateway that stops refuses
/// messages also for the silos that go on: the locks there would be held until the time limit.
/// </summary>
internal static class AbortMessage
{
    /// <summary>
    /// How often it is sent: for about a quarter of a minute. A partition that misses all of them
    /// ends the transaction at its time limit.
    /// </summary>
    public const int MostSends = 20;

    /// <summary>How long one of them may be without an answer, which comes at once.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Sends it, and does not wait.</summary>
    public static void Send(IIndexGrain grain, Guid transactionId, StoreMetrics? metrics)
        => SendAsync(grain, transactionId, metrics).Ignore();

    private static async Task SendAsync(
        IIndexGrain grain, Guid transactionId, StoreMetrics? metrics)
    {
        TimeSpan pause = BackOff.First;
        for (int sends = 1; ; sends++)
        {
            metrics?.Sent(MessageName.Abort);
            try
            {
                await grain.AbortAsync(transactionId).WaitAsync(Patience).ConfigureAwait(false);
                return;
            }
            catch (ObjectDisposedException)
            {
                // The client has stopped, and sends no more messages.
                return;
            }
            catch (Exception exception) when (
                sends < MostSends && StoreLifetime.IsUnreachable(exception))
            {
                await Task.Delay(pause).ConfigureAwait(false);
                pause = BackOff.After(pause);
            }
        }
    }
}
