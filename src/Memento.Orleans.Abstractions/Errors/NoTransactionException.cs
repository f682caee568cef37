namespace Memento;

/// <summary>A transaction was used after its end, or outside one.</summary>
[GenerateSerializer]
[Alias("Memento.NoTransactionException")]
public sealed class NoTransactionException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public NoTransactionException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
