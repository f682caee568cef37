using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Memento.Journaling;

/// <summary>
/// The log as the journal writes it. A provider may throw, and what becomes of a commit, which may be durable
/// by then, must not hang on that: the failure goes to the trace listeners instead.
/// </summary>
internal sealed class JournalLog(ILogger inner) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => inner.BeginScope(state);

    // The provider is asked in Log, where its failure is caught.
    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        try
        {
            if (inner.IsEnabled(logLevel)) inner.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception failure)
        {
            Trace.TraceError("Memento's journal could not write event {0} to the log: {1}", eventId, failure);
        }
    }
}
