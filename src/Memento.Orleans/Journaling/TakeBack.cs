using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Memento.Journaling;

/// <summary>
/// The changes of a commit in the memory of a partition, which the journal may have to take back.
/// </summary>
internal interface ITakeBack
{
    /// <summary>The table of the partition.</summary>
    string Table { get; }

    /// <summary>The partition.</summary>
    int Number { get; }

    /// <summary>Whether the durable storage has the records of the partition too.</summary>
    bool IsStored { get; }

    /// <summary>Takes the commit back. Later commits have been taken back before.</summary>
    void TakeBack();

    /// <summary>Drops the partition from memory, because it may differ from the storage.</summary>
    void Discard();
}

/// <summary>
/// A commit was taken back although it had no fault: it depended on a failed one. The error never
/// leaves the store, because the transaction is run again.
/// </summary>
internal sealed class CommitTakenBackException(Exception? reason = null)
    : Exception("The commit was taken back, because one before it failed.", reason);

/// <summary>
/// The history of take-backs, in generations: a take-back begins an odd generation, and the next
/// even one begins at its end. A transaction keeps the generation at its beginning, and the latest
/// position that it has seen. Both together say whether it may have seen a commit that was taken
/// back.
/// </summary>
/// <remarks>
/// Only the journal's writer changes it, under the journal's gate. Any thread reads it.
/// </remarks>
internal sealed class TakeBackHistory
{
    /// <summary>
    /// How many take-backs are kept. A transaction that began before all of them must be run again.
    /// </summary>
    public const int Length = 64;

    // The newest take-back is last. The array is replaced as a whole, before the generation grows.
    private TakenBack[] _latest = [];
    private int _generation;

    public int Generation => Volatile.Read(ref _generation);

    /// <summary>Begins a take-back of commits at or after a position.</summary>
    public void Begin(long first)
    {
        var next = new TakenBack(_generation + 1, first);
        Volatile.Write(ref _latest, [.. _latest.TakeLast(Length - 1), next]);
        Volatile.Write(ref _generation, next.Generation);
    }

    public void End() => Volatile.Write(ref _generation, _generation + 1);

    /// <summary>
    /// Whether a transaction has seen no commit that was taken back since it began. False for a
    /// transaction that began during a take-back, because a part of the partitions was not taken
    /// back yet.
    /// </summary>
    /// <param name="generation">The generation in which the transaction began.</param>
    /// <param name="position">The latest position whose effect it has seen.</param>
    public bool Stands(int generation, long position)
    {
        if (generation % 2 != 0) return false;

        int now = Generation;
        if (now == generation) return true;
        if ((now - generation + 1) / 2 > Length) return false;

        foreach (TakenBack each in Volatile.Read(ref _latest))
        {
            if (each.Generation > generation && each.First <= position) return false;
        }

        return true;
    }

    private readonly record struct TakenBack(int Generation, long First);
}

/// <summary>
/// Ends the process when its memory differs from what it has told callers and cannot be repaired:
/// going on would make that durable. Only a bug leads here, and nothing that can happen to a
/// transaction.
/// </summary>
internal static class MemoryLost
{
    [DoesNotReturn]
    public static void Fail(ILogger logger, Exception exception, string doing)
    {
        try
        {
            StorageLog.MemoryLost(logger, exception, doing);
        }
        catch (Exception failure)
        {
            exception = new AggregateException(exception, failure);
        }

        Environment.FailFast(
            $"Memento stops this process: {doing} failed, so that its memory may differ from the "
            + "storage. All acknowledged commits are in the durable storage. Start it again, and "
            + "report this.",
            exception);
    }
}
