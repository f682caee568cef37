namespace Memento;

/// <summary>A transaction lost against an older one and its attempts were used up; nothing of it was kept.</summary>
[GenerateSerializer]
[Alias("Memento.TransactionConflictException")]
public sealed class TransactionConflictException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public TransactionConflictException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
