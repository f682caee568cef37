using System.Collections.Immutable;

namespace Memento.Diagnostics;

/// <summary>Why transactions are not committed, in the words that metrics and traces use.</summary>
internal static class AbortReason
{
    /// <summary>The word in its place for a transaction that was committed.</summary>
    public const string None = "committed";

    /// <summary>The body called <see cref="ITransaction.Abort"/>.</summary>
    public const string Aborted = "aborted";

    /// <summary>It lost conflicts until its attempts were used up.</summary>
    public const string Conflict = "conflict";

    /// <summary>It ran past its time limit.</summary>
    public const string Timeout = "timeout";

    /// <summary>Its caller cancelled it.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The durable storage refused it.</summary>
    public const string Storage = "storage";

    /// <summary>Whether it was committed is unknown.</summary>
    public const string InDoubt = "in_doubt";

    /// <summary>The body threw another exception, or the store refused a call of it.</summary>
    public const string Error = "error";

    /// <summary>All reasons.</summary>
    public static readonly ImmutableArray<string> All =
        [Aborted, Conflict, Timeout, Cancelled, Storage, InDoubt, Error];

    /// <summary>The reason that an error stands for.</summary>
    public static string Of(Exception? error) => error switch
    {
        TransactionConflictException => Conflict,
        TransactionTimeoutException => Timeout,
        TransactionInDoubtException => InDoubt,
        StorageException => Storage,
        OperationCanceledException => Cancelled,
        _ => Error,
    };
}
