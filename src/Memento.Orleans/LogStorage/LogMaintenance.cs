using Microsoft.Extensions.Logging;

namespace Memento.LogStorage;

/// <summary>Makes checkpoints and clears what they leave, beside the appending.</summary>
internal sealed class LogMaintenance(
    SharedLog log,
    LogCheckpoint checkpoint,
    LogCleaner cleaner,
    long checkpointBytes,
    TimeProvider time,
    ILogger logger) : IAsyncDisposable
{
    /// <summary>
    /// The log may grow to so many times what calls for a checkpoint, before appending waits for
    /// the checkpoint.
    /// </summary>
    private const int MostCheckpoints = 4;

    /// <summary>
    /// A log that is shorter than this part of the rows calls for no checkpoint: it would write
    /// them all again for little.
    /// </summary>
    private const int PartOfRows = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private long _putOffAt;
    private TimeSpan _putOffFor;
    private Task _checkpointing = Task.CompletedTask;
    private Task _cleaning = Task.CompletedTask;

    /// <summary>Begins to clear what is left from before.</summary>
    public void Begin()
    {
        cleaner.Clear(log.Root, log.Image);
        _cleaning = Task.Run(CleanAsync);
    }

    /// <summary>
    /// Begins a checkpoint if the log is long. Ends at once, unless the log grows faster than
    /// checkpoints are made.
    /// </summary>
    public Task AppendedAsync()
    {
        long bytes = log.Bytes;
        long most = Math.Max(checkpointBytes, log.Content.RunBytes / PartOfRows);
        if (bytes < most) return Task.CompletedTask;

        lock (_gate)
        {
            if (time.GetElapsedTime(_putOffAt) < _putOffFor) return Task.CompletedTask;
            if (_checkpointing.IsCompleted && !_stopping.IsCancellationRequested)
                _checkpointing = Task.Run(CheckpointAsync);
            return bytes < MostCheckpoints * most ? Task.CompletedTask : _checkpointing;
        }
    }

    /// <summary>Makes a checkpoint now.</summary>
    /// <exception cref="StorageException">It failed; the log is as it was.</exception>
    public Task<bool> CheckpointNowAsync(CancellationToken cancellationToken)
        => checkpoint.MakeAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task checkpointing;
        lock (_gate)
            checkpointing = _checkpointing;
        try
        {
            await Task.WhenAll(checkpointing, _cleaning).ConfigureAwait(false);
        }
        finally
        {
            _stopping.Dispose();
            cleaner.Dispose();
            checkpoint.Dispose();
        }
    }

    private async Task CheckpointAsync()
    {
        try
        {
            if (await checkpoint.MakeAsync(_stopping.Token).ConfigureAwait(false)) return;
            PutOff();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The next start goes on with the log.
        }
        catch (Exception failure)
        {
            LogStorageLog.CheckpointFailed(logger, failure);
            PutOff();
        }
    }

    /// <summary>
    /// Puts off the next attempt, for a random time: two silos must not void each other's for ever.
    /// </summary>
    private void PutOff()
    {
        lock (_gate)
        {
            _putOffAt = time.GetTimestamp();
            _putOffFor = Pause * (0.2 + Random.Shared.NextDouble());
        }
    }

    private async Task CleanAsync()
    {
        while (true)
        {
            try
            {
                await Task.Delay(Pause, time, _stopping.Token).ConfigureAwait(false);
                await cleaner.RunAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                LogStorageLog.ClearingFailed(logger, failure);
            }
        }
    }
}

/// <summary>The log messages of the storage on grain storage.</summary>
internal static partial class LogStorageLog
{
    [LoggerMessage(
        EventId = 1120,
        Level = LogLevel.Warning,
        Message = "A checkpoint of the log failed, so that the log grows; it is tried again with "
            + "the next batch")]
    public static partial void CheckpointFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        EventId = 1121,
        Level = LogLevel.Warning,
        Message = "States that are not needed any more could not be cleared; it is tried again")]
    public static partial void ClearingFailed(ILogger logger, Exception exception);
}
