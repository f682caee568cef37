using Memento.Partitions;
using Microsoft.Extensions.Logging;

namespace Memento.Participants;

/// <summary>
/// Ends, once a second, the transactions that are past their time limit: first those of the
/// registry, then, in a silo, the rest of others in its partitions.
/// </summary>
/// <param name="registry">The transactions of this process.</param>
/// <param name="time">The time.</param>
/// <param name="logger">The log of unexpected failures.</param>
/// <param name="partitions">The partitions of this silo; null in a client.</param>
/// <param name="silent">The commits that wait for a decision; null in a client.</param>
/// <param name="snapshots">The snapshots of this silo; null in a client.</param>
/// <param name="voters">The transactions that others decide; null in a client.</param>
internal sealed partial class TransactionSweeper(
    TransactionRegistry registry,
    TimeProvider time,
    ILogger<TransactionSweeper> logger,
    PartitionDirectory? partitions = null,
    ISilentCommits? silent = null,
    IAgingSnapshots? snapshots = null,
    IWaitingVoters? voters = null) : IDisposable
{
    /// <summary>The interval of the sweeps.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long after its limit a partition ends a transaction by itself. A process that knows the
    /// transaction has ended it by then.
    /// </summary>
    private static readonly TimeSpan LeftGrace = TransactionLimits.Grace + Interval;

    private readonly CancellationTokenSource _stopping = new();
    private bool _isDisposed;

    /// <summary>Ends when the sweeps end.</summary>
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

    /// <summary>
    /// Stops the sweeps too: a host whose start failed is disposed of without a stop.
    /// </summary>
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
            + "limit that no process had ended")]
    private static partial void EndedLeft(ILogger logger, int partition, string table, int count);

    private void Sweep()
    {
        registry.Sweep();
        foreach (Partition partition in partitions?.All ?? [])
        {
            int ended = partition.EndOverdue(LeftGrace);
            if (ended > 0) EndedLeft(logger, partition.Number, partition.Table.Name, ended);
        }

        snapshots?.EndOverdue();
        voters?.Look();

        // Not awaited: it asks other silos, which may not answer.
        _ = silent?.LookAsync();
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
                // The next sweep tries again: a transaction that cannot be ended must not stop the
                // others from being ended.
                SweepFailed(logger, exception);
            }
        }
    }
}

/// <summary>Commits over several silos that wait for a decision which nobody tells.</summary>
internal interface ISilentCommits
{
    /// <summary>Looks for the decisions. Called once a second; never fails.</summary>
    Task LookAsync();
}

/// <summary>Transactions that are prepared here, and wait for the word of others.</summary>
internal interface IWaitingVoters
{
    /// <summary>Asks for words that are overdue. Called once a second; never fails.</summary>
    void Look();
}
