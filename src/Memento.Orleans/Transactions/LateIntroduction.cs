using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Microsoft.Extensions.Logging;

namespace Memento.Transactions;

/// <summary>
/// Introduces a transaction to Orleans when Orleans first needs it, because Orleans' own record of
/// a transaction costs more than the rest of a small one. Each request of a <c>[Transaction]</c>
/// method asks for the transaction agent when it is made. At that moment the running transaction
/// becomes Orleans' ambient one.
/// </summary>
/// <remarks>
/// Orleans does not promise that requests ask. So it is tried before the first transaction; if they
/// do not ask, every transaction begins through Orleans.
/// </remarks>
internal sealed partial class LateIntroduction(
    AmbientTransaction ambient,
    IPartitions partitions,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<LateIntroduction> logger)
{
    /// <summary>
    /// Tries it, and lets transactions begin without Orleans if that is possible.
    /// </summary>
    /// <returns>A task that never fails.</returns>
    public async Task TryAsync()
    {
        try
        {
            // Outside the context in which a silo starts, which is like the context of a grain.
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
            // The call was refused before it left, so Orleans knew the transaction.
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
