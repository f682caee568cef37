namespace Memento;

/// <summary>The durable storage refused a call. Nothing of the transaction was kept.</summary>
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

/// <summary>
/// The store cannot be reached: its silo or client has not started, is stopping or has stopped, or
/// no silo answers. A call in a transaction left nothing behind.
/// </summary>
[GenerateSerializer]
[Alias("Memento.StoreUnavailableException")]
public sealed class StoreUnavailableException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public StoreUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
