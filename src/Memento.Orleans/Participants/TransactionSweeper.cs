using Memento.Partitions;
using Microsoft.Extensions.Logging;

namespace Memento.Participants;

/// <summary>
/// Ends, once a second, the transactions whose time is up although nobody asks: those that are
/// known here, then, in a silo, what is left of others in its partitions.
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
    /// How long after its limit a partition ends a transaction by itself: whoever knows it has
    /// ended it by then.
    /// </summary>
    private static readonly TimeSpan LeftGrace = TransactionLimits.Grace + Interval;

    private readonly CancellationTokenSource _stopping = new();
    private bool _isDisposed;

    /// <summary>Ends with the sweeping.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public void Start()
    {
        CancellationToken stopping = _stopping.Token;
        Ended = Task.Run(() => SweepAsync(stopping), CancellationToken.None);
    }

    public Task StopAsync()
    {
        Dispose();
        return Ended;
    }

    /// <summary>Stops too: a host whose start failed is disposed of without a stop.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        _stopping.Cancel();
        _stopping.Dispose();
    }

    [LoggerMessage(
        EventId = 1201, Level = LogLevel.Error,
        Message = "Ending transactions past their limit failed")]
    private static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        EventId = 1203,
        Level = LogLevel.Warning,
        Message = "Partition {Partition} of table {Table} ended {Count} transactions past their "
            + "limit that nobody else had ended")]
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

    private async Task SweepAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (!await timer.WaitForNextTickAsync(stopping)) return;
                Sweep();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception)
            {
                // The next second tries again: a transaction that cannot be ended must not keep the
                // rest.
                SweepFailed(logger, exception);
            }
        }
    }
}
