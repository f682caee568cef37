using Memento.Storage;
using Microsoft.Extensions.Logging;

namespace Memento.Participants;

/// <summary>What runs after a transaction has ended. Calls may come side by side.</summary>
internal sealed class TransactionCallbacks
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Adds a callback.</summary>
    /// <param name="body">The body that it was registered in.</param>
    /// <param name="after">The outcome after which it runs.</param>
    /// <param name="callback">The callback.</param>
    public void Add(ITransactionBody body, TransactionOutcome after, Func<Task> callback)
    {
        lock (_gate)
            _entries.Add(new Entry(body, after, callback));
    }

    /// <summary>
    /// Some bodies were undone: theirs that run after a commit are dropped, and the others run
    /// however the transaction ends.
    /// </summary>
    public void Undo(Predicate<ITransactionBody> wasUndone)
    {
        lock (_gate)
        {
            for (int i = _entries.Count - 1; i >= 0; i--)
            {
                if (!wasUndone(_entries[i].Body)) continue;

                if (_entries[i].After == TransactionOutcome.Aborted)
                    _entries[i] = _entries[i] with { IsUndone = true };
                else
                    _entries.RemoveAt(i);
            }
        }
    }

    /// <summary>
    /// Runs those of an outcome, in the context of the caller; null: the outcome is in doubt.
    /// </summary>
    public async Task RunAsync(TransactionOutcome? outcome, ILogger logger)
    {
        Entry[] entries;
        lock (_gate)
        {
            entries = [.. _entries];
            _entries.Clear();
        }

        foreach (Entry each in entries)
        {
            if (each.After != outcome && !each.IsUndone) continue;

            try
            {
                await each.Callback();
            }
            catch (Exception exception)
            {
                // The transaction has ended, whatever its callbacks do.
                CallbackLog.Failed(logger, exception, each.After);
            }
        }
    }

    private sealed record Entry(
        ITransactionBody Body, TransactionOutcome After, Func<Task> Callback)
    {
        /// <summary>Whether its body was undone.</summary>
        public bool IsUndone { get; init; }
    }
}

/// <summary>The log messages of callbacks.</summary>
internal static partial class CallbackLog
{
    [LoggerMessage(
        EventId = 1236,
        Level = LogLevel.Error,
        Message = "A callback of the application after a transaction ({Outcome}) has failed; the "
            + "outcome of the transaction stands")]
    public static partial void Failed(
        ILogger logger, Exception exception, TransactionOutcome outcome);
}
