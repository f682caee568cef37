using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Microsoft.Extensions.Logging;

namespace Memento.Transactions;

/// <summary>
/// Orleans' own record of a transaction costs more than the rest of a small one. So a body begins
/// without it, and Orleans learns of the transaction when it first needs it: each request of a
/// <c>[Transaction]</c> method, when it is made, asks for the transaction agent, and that is when
/// the running transaction becomes Orleans' ambient one.
/// </summary>
/// <remarks>
/// That requests ask is nowhere promised. So it is tried before the first transaction; where it is
/// not so, every transaction begins through Orleans.
/// </remarks>
internal sealed partial class LateIntroduction(
    AmbientTransaction ambient,
    IPartitions partitions,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<LateIntroduction> logger)
{
    /// <summary>
    /// Tries it, and lets transactions begin without Orleans where that is possible.
    /// </summary>
    /// <returns>A task that never fails.</returns>
    public async Task TryAsync()
    {
        try
        {
            // Outside the context in which a silo starts, which is like a grain's.
            if (await Task.Run(IsIntroducedAsync))
                ambient.Support();
            else
                NotSupported(logger, exception: null);
        }
        catch (Exception exception)
        {
            NotSupported(logger, exception);
        }
    }

    private async Task<bool> IsIntroducedAsync()
    {
        var id = Guid.NewGuid();
        var state = new TransactionState(
            id,
            new TransactionAge(StartTicks: time.GetUtcNow().Ticks, id),
            time.GetTimestamp() + time.TimestampFrequency,
            generation: 0,
            partitions,
            time);
        AmbientTransaction.Place place = ambient.Enter(state);
        try
        {
            await grains.GetGrain<ITransactionProbe>(0).ProbeAsync();
            return false;
        }
        catch (NotSupportedException)
        {
            // Refused before it left: Orleans knew of the transaction.
            return true;
        }
        finally
        {
            place.State = null;
        }
    }

    [LoggerMessage(
        EventId = 1204,
        Level = LogLevel.Warning,
        Message = "This version of Orleans does not ask for its transaction agent when a "
            + "transactional call is made: every transaction begins through Orleans, which takes "
            + "longer")]
    private static partial void NotSupported(ILogger logger, Exception? exception);
}
