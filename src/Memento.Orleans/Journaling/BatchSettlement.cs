using Memento.Storage;

namespace Memento.Journaling;

/// <summary>
/// Asks the storage what became of a batch in doubt, again and again, until it says so or the silo
/// stops.
/// </summary>
/// <param name="storage">The storage.</param>
/// <param name="stopping">Set when the silo stops.</param>
/// <param name="time">Tells how long it has taken.</param>
/// <param name="logger">Told of every answer that did not come.</param>
internal sealed class BatchSettlement(
    IJournalStorage storage, ManualResetEventSlim stopping, TimeProvider time, JournalLog logger)
{
    /// <summary>How soon the storage is asked again; then twice as long each time.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    /// <summary>How long the storage is left alone at the most.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Whether the batch was kept; null where the silo stops before that is known.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="stillOpen">Called whenever the storage cannot say, with the time since the start.</param>
    public bool? Settle(JournalBatch batch, Action<TimeSpan> stillOpen)
    {
        long started = time.GetTimestamp();
        TimeSpan pause = FirstPause;
        bool isLast = false;
        while (true)
        {
            try
            {
                bool isKept = storage.SettleAsync(batch, CancellationToken.None)
                    .AsTask().GetAwaiter().GetResult();
                StorageLog.BatchSettled(logger, batch.Entries.Count, isKept, time.GetElapsedTime(started));
                return isKept;
            }
            catch (Exception exception)
            {
                TimeSpan elapsed = time.GetElapsedTime(started);
                StorageLog.BatchStillInDoubt(logger, exception, batch.Entries.Count, elapsed);
                if (isLast) return null;
                stillOpen(elapsed);
            }

            isLast = stopping.Wait(pause);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}
