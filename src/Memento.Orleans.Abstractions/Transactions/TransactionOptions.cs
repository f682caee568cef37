namespace Memento;

/// <summary>How a transaction is run.</summary>
public sealed record TransactionOptions
{
    /// <summary>The time limit of a transaction that does not say.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often the body is run at the most, 1 or more; null: as often as <see cref="Timeout"/>
    /// allows.
    /// </summary>
    public int? MaxAttempts { get; init; }

    /// <summary>
    /// The time limit over all attempts, more than zero and at most an hour; 30 s by default.
    /// </summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;
}

/// <summary>How a transaction without a value ended.</summary>
/// <param name="Ok">Whether it was committed; false where its body called Abort.</param>
/// <param name="Reason">The reason given to Abort, if any.</param>
public readonly record struct TransactionResult(bool Ok, string? Reason);

/// <summary>How a transaction with a value ended.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Ok">Whether it was committed; false where its body called Abort.</param>
/// <param name="Value">What the body gave, where it was committed.</param>
/// <param name="Reason">The reason given to Abort, if any.</param>
public readonly record struct TransactionResult<T>(bool Ok, T? Value, string? Reason);

/// <summary>What a lock keeps others from.</summary>
public enum LockMode
{
    /// <summary>Others may read, not write.</summary>
    Read = 0,

    /// <summary>Others may neither read nor write.</summary>
    Write = 1,
}
