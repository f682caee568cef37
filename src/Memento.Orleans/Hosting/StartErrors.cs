using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Memento.Hosting;

/// <summary>
/// Keeps the last exception that Orleans logs while a silo starts: Orleans retries for minutes, and
/// only its log says why.
/// </summary>
internal sealed class StartErrors : ILoggerProvider, ILogger
{
    private volatile bool _hasStarted;
    private volatile string? _last;

    /// <summary>The last failure; null if there was none.</summary>
    public string? Last => _last;

    /// <summary>Keeps no exception from here on.</summary>
    public void End() => _hasStarted = true;

    public ILogger CreateLogger(string categoryName)
        => categoryName.StartsWith("Orleans.", StringComparison.Ordinal)
            ? this
            : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => !_hasStarted && logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (exception is not null && IsEnabled(logLevel))
            _last = $"{formatter(state, exception)}: {exception.GetBaseException().Message}";
    }

    public void Dispose()
    {
    }
}
