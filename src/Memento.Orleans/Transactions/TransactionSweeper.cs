using Memento.Partitions;
using Microsoft.Extensions.Logging;

namespace Memento.Transactions;

/// <summary>
/// Ends, once a second, the transactions whose time is up although nobody asks: those that are known here,
/// then, in a silo, what is left of others in its partitions.
/// </summary>
/// <param name="registry">The transactions that are known here.</param>
/// <param name="time">The time.</param>
/// <param name="logger">Told of what should not happen.</param>
/// <param name="partitions">The partitions of this silo; null in a client.</param>
internal sealed partial class TransactionSweeper(
    TransactionRegistry registry,
    TimeProvider time,
    ILogger<TransactionSweeper> logger,
    PartitionDirectory? partitions = null) : IDisposable
{
    /// <summary>How late a forgotten transaction's locks may go.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long after its limit a partition ends a transaction by itself: whoever knows it has ended it by
    /// then.
    /// </summary>
    private static readonly TimeSpan LeftGrace = TransactionLimits.Grace + Interval;

    private readonly CancellationTokenSource _stopping = new();
    private Task _sweeping = Task.CompletedTask;

    public void Start() => _sweeping = Task.Run(SweepAsync);

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _sweeping;
    }

    public void Dispose() => _stopping.Dispose();

    [LoggerMessage(
        EventId = 1201, Level = LogLevel.Error, Message = "Ending transactions past their limit failed")]
    private static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        EventId = 1203,
        Level = LogLevel.Warning,
        Message = "Partition {Partition} of table {Table} ended {Count} transactions past their limit "
            + "that nobody else had ended")]
    private static partial void EndedLeft(ILogger logger, int partition, string table, int count);

    private void Sweep()
    {
        registry.Sweep();
        foreach (Partition partition in partitions?.All ?? [])
        {
            int ended = partition.EndOverdue(LeftGrace);
            if (ended > 0) EndedLeft(logger, partition.Number, partition.Table.Name, ended);
        }
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (!await timer.WaitForNextTickAsync(_stopping.Token)) return;
                Sweep();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception)
            {
                // The next second tries again: a transaction that cannot be ended must not keep the rest.
                SweepFailed(logger, exception);
            }
        }
    }
}
