namespace Memento.Participants;

/// <summary>The limits of the options of a transaction.</summary>
internal static class TransactionLimits
{
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    /// <summary>The time limit of a transaction that Orleans began for a grain call.</summary>
    public static readonly TimeSpan JoinedTimeout = TransactionOptions.DefaultTimeout;

    /// <summary>
    /// How long after its limit a transaction is ended from outside. Before that, a waiting call
    /// may end with an error that says what it waits for.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static void Check(TransactionOptions options)
    {
        if (options.Timeout <= TimeSpan.Zero || options.Timeout > LongestTimeout)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options),
                options.Timeout,
                "TransactionOptions.Timeout must be more than zero and at most an hour.");
        }

        if (options.MaxAttempts < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options),
                options.MaxAttempts,
                "TransactionOptions.MaxAttempts must be 1 or more, or null for as many as the time "
                + "limit allows.");
        }
    }
}
