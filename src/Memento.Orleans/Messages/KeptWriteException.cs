namespace Memento.Messages;

/// <summary>
/// A write that its caller had kept back could not be carried out. The transaction fails with the
/// error inside, which a write that is not kept back would have thrown itself.
/// </summary>
[GenerateSerializer]
[Alias("Memento.KeptWriteException")]
internal sealed class KeptWriteException(string message, Exception innerException)
    : MementoException(message, innerException)
{
    /// <summary>The error of a transaction one of whose writes has failed so.</summary>
    public static MementoException Of(Exception error) => error switch
    {
        TransactionConflictException or TransactionTimeoutException or KeptWriteException
            => (MementoException)error,
        _ => new KeptWriteException(
            $"An earlier write of the transaction could not be carried out: {error.Message} "
            + "Nothing of the transaction is kept.",
            error),
    };

    /// <summary>The error inside, if it is such an error; otherwise the error itself.</summary>
    public static Exception Unwrap(MementoException error)
        => error is KeptWriteException { InnerException: { } inner } ? inner : error;
}
