using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Memento.Journaling;

/// <summary>
/// What a commit changed in a partition's memory, and the journal may have to take back.
/// </summary>
internal interface ITakeBack
{
    /// <summary>The table of the partition.</summary>
    string Table { get; }

    /// <summary>The partition.</summary>
    int Number { get; }

    /// <summary>Whether the durable storage has the partition's records too.</summary>
    bool IsStored { get; }

    /// <summary>Takes the commit back; later ones have been taken back before.</summary>
    void TakeBack();

    /// <summary>Drops the partition from memory, which may not be what is stored.</summary>
    void Discard();
}

/// <summary>
/// A commit was taken back although nothing was wrong with it: it stood behind a failed one. Never
/// leaves the store: the transaction is run again.
/// </summary>
internal sealed class CommitTakenBackException(Exception? reason = null)
    : Exception("The commit was taken back, because one before it failed.", reason);

/// <summary>
/// Which commits were taken back, told in generations: a take-back begins an odd one and ends in
/// the next even one. A transaction takes the generation when it begins, and knows the latest
/// position that it has seen; the two say whether it may have seen what never was.
/// </summary>
/// <remarks>
/// Changed by the journal's writer alone, under the journal's gate; read by everybody.
/// </remarks>
internal sealed class TakeBackHistory
{
    /// <summary>
    /// How many take-backs are known; a transaction that began before them must be run again.
    /// </summary>
    public const int Length = 64;

    // The newest last; replaced as a whole, before the generation grows.
    private TakenBack[] _latest = [];
    private int _generation;

    public int Generation => Volatile.Read(ref _generation);

    /// <summary>Begins a take-back of commits, none of which stands before a position.</summary>
    public void Begin(long first)
    {
        var next = new TakenBack(_generation + 1, first);
        Volatile.Write(ref _latest, [.. _latest.TakeLast(Length - 1), next]);
        Volatile.Write(ref _generation, next.Generation);
    }

    public void End() => Volatile.Write(ref _generation, _generation + 1);

    /// <summary>
    /// Whether a transaction has seen nothing that was taken back since it began. One that began
    /// while commits were being taken back, in one partition and not yet in another, has no such
    /// answer.
    /// </summary>
    /// <param name="generation">The generation in which the transaction began.</param>
    /// <param name="position">The latest position that it has seen the effect of.</param>
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
/// The end for a process whose memory is not what it has told others, and cannot be put right:
/// going on would make it durable. Nothing that can happen to a transaction leads here; a bug
/// would.
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
            $"Memento stops this process: {doing} failed, so that its memory may not be what is "
            + "stored. What was acknowledged is in the durable storage. Start it again, and report "
            + "this.",
            exception);
    }
}
