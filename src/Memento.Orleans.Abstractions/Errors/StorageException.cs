namespace Memento;

/// <summary>The durable storage refused; nothing of the transaction was kept.</summary>
[GenerateSerializer]
[Alias("Memento.StorageException")]
public sealed class StorageException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public StorageException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
