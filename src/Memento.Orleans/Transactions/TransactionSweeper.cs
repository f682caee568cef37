using Microsoft.Extensions.Logging;

namespace Memento.Transactions;

/// <summary>Ends, once a second, the transactions whose time is up although nobody asks.</summary>
internal sealed partial class TransactionSweeper(
    TransactionRegistry registry, TimeProvider time, ILogger<TransactionSweeper> logger) : IDisposable
{
    /// <summary>How late a forgotten transaction's locks may go.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

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

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (!await timer.WaitForNextTickAsync(_stopping.Token)) return;
                registry.Sweep();
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
