namespace Memento;

/// <summary>The options of a transaction.</summary>
public sealed record TransactionOptions
{
    /// <summary>The time limit of a transaction without a limit of its own.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often the body may run, at the most: 1 or more. Null: as often as <see cref="Timeout"/>
    /// allows.
    /// </summary>
    public int? MaxAttempts { get; init; }

    /// <summary>
    /// The time limit over all attempts: more than zero and at most an hour; 30 s by default.
    /// </summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;
}

/// <summary>How a transaction without a value ended.</summary>
/// <param name="Ok">Whether the transaction was committed; false if its body called Abort.</param>
/// <param name="Reason">The reason given to Abort, if any.</param>
public readonly record struct TransactionResult(bool Ok, string? Reason)
{
    /// <summary>How often the body ran, from 1; 1 for a nested body.</summary>
    public int Attempts { get; init; } = 1;
}

/// <summary>How a transaction with a value ended.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Ok">Whether the transaction was committed; false if its body called Abort.</param>
/// <param name="Value">The result of the body, if the transaction was committed.</param>
/// <param name="Reason">The reason given to Abort, if any.</param>
public readonly record struct TransactionResult<T>(bool Ok, T? Value, string? Reason)
{
    /// <inheritdoc cref="TransactionResult.Attempts"/>
    public int Attempts { get; init; } = 1;
}

/// <summary>What a lock forbids to other transactions.</summary>
public enum LockMode
{
    /// <summary>Other transactions may read, and not write.</summary>
    Read = 0,

    /// <summary>Other transactions may neither read nor write.</summary>
    Write = 1,
}
