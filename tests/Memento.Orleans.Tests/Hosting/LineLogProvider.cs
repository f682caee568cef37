using Memento.Tests.Samples;
using Microsoft.Extensions.Logging;

namespace Memento.Tests.Hosting;

/// <summary>Keeps what is logged as an error or worse.</summary>
internal sealed class LineLogProvider(LineLog lines) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
        => lines.Add(formatter(state, exception));

    public void Dispose()
    {
    }
}
