namespace Memento;

/// <summary>The base class of all errors of Memento.</summary>
[GenerateSerializer]
[Alias("Memento.MementoException")]
public class MementoException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public MementoException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
