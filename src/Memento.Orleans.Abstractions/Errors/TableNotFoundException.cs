namespace Memento;

/// <summary>A table was used, described or deleted that does not exist.</summary>
[GenerateSerializer]
[Alias("Memento.TableNotFoundException")]
public sealed class TableNotFoundException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public TableNotFoundException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
