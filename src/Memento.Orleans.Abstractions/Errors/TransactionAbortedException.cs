namespace Memento;

/// <summary>The body called <see cref="ITransaction.Abort"/>; nothing of the transaction was kept.</summary>
[GenerateSerializer]
[Alias("Memento.TransactionAbortedException")]
public sealed class TransactionAbortedException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="reason">The reason that the body gave, if any.</param>
    public TransactionAbortedException(string? reason)
        : base(reason is null
            ? "The transaction was aborted by its body."
            : $"The transaction was aborted by its body: {reason}")
        => Reason = reason;

    /// <summary>The reason that the body gave to <see cref="ITransaction.Abort"/>.</summary>
    [Id(0)]
    public string? Reason { get; }
}
