namespace Memento.Messages;

/// <summary>What came of one operation of a message.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.OperationResponse")]
internal sealed record OperationResponse
{
    /// <summary>The answer, where it was carried out.</summary>
    [Id(0)]
    public Answer? Answer { get; init; }

    /// <summary>What went wrong; a conflict ends the attempt.</summary>
    [Id(1)]
    public Exception? Error { get; init; }

    /// <summary>
    /// It has not been carried out yet and is to be asked for again: its lock is not there and the
    /// message would outlive the response time-out, or the answers before it filled the message.
    /// </summary>
    [Id(2)]
    public bool IsStillWaiting { get; init; }
}
