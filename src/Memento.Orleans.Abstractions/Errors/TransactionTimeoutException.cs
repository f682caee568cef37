namespace Memento;

/// <summary>A transaction ran past its time limit; nothing of it was kept.</summary>
[GenerateSerializer]
[Alias("Memento.TransactionTimeoutException")]
public sealed class TransactionTimeoutException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public TransactionTimeoutException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
