namespace Memento.Storage;

/// <summary>
/// The storage failed at the very commit of a batch and cannot be asked whether the batch is in. The
/// journal stops and asks <see cref="IJournalStorage.SettleAsync"/> until it gets an answer; until then
/// the storage refuses whatever would see one of the two.
/// </summary>
/// <param name="message">What happened, to what, and what to do.</param>
/// <param name="innerException">What the storage said.</param>
public sealed class BatchInDoubtException(string message, Exception innerException)
    : Exception(message, innerException);
