namespace Memento;

/// <summary>How a transaction is run.</summary>
public sealed record TransactionOptions
{
    /// <summary>The time limit of a transaction that does not say.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often the body is run at the most, 1 or more; null: as often as <see cref="Timeout"/> allows.
    /// </summary>
    public int? MaxAttempts { get; init; }

    /// <summary>
    /// The time limit over all attempts, more than zero and at most an hour; 30 s by default.
    /// </summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;
}
