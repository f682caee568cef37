namespace Memento.Storage;

/// <summary>
/// The storage failed at the very commit of a batch and cannot be asked whether the batch is in. It
/// finds out before it does anything else, so that a later read or batch never sees both answers.
/// </summary>
/// <param name="message">What happened, to what, and what to do.</param>
/// <param name="innerException">What the storage said.</param>
public sealed class BatchInDoubtException(string message, Exception innerException)
    : Exception(message, innerException);
