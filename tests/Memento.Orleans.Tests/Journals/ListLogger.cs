using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Memento.Tests.Journals;

/// <summary>Keeps the log messages, and throws afterwards if a test wants that.</summary>
internal sealed class ListLogger<T> : ILogger<T>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Message)> _lines = new();

    public IReadOnlyList<(LogLevel Level, string Message)> Lines => [.. _lines];

    /// <summary>Whether it fails, as a provider may whose disk is full.</summary>
    public bool IsBroken { get; set; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue((logLevel, formatter(state, exception)));
        if (IsBroken) throw new InvalidOperationException("The log failed, says the test.");
    }
}
