namespace Memento;

/// <summary>A table was to be created that exists.</summary>
[GenerateSerializer]
[Alias("Memento.TableExistsException")]
public sealed class TableExistsException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public TableExistsException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
