using System.Globalization;

namespace Memento;

/// <summary>
/// A call that changes or deletes the results of a query in batches stopped, because a batch, the
/// change or the progress callback failed. The batches before it stay.
/// </summary>
[GenerateSerializer]
[Alias("Memento.InBatchesException")]
public sealed class InBatchesException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="table">The table.</param>
    /// <param name="changed">How many records were changed or deleted before it stopped.</param>
    /// <param name="lastKey">The key of the last of them; null where there was no batch.</param>
    /// <param name="innerException">Why it failed.</param>
    public InBatchesException(
        string table, long changed, object? lastKey, Exception innerException)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The change of table '{table}' in batches stopped. {changed} records are changed"
                + $"{InBatches.UpTo(lastKey)}; of the batch that failed, none is, unless it "
                + $"is in doubt. The cause: {innerException.Message} Call it again to go on."),
            innerException)
    {
        Table = table;
        Changed = changed;
        LastKey = lastKey;
    }

    /// <summary>The table.</summary>
    [Id(0)]
    public string Table { get; }

    /// <summary>How many records were changed or deleted, in the batches before.</summary>
    [Id(1)]
    public long Changed { get; }

    /// <summary>
    /// The key of the last record in the batches before; null where there was none. Batches go
    /// along the keys.
    /// </summary>
    [Id(2)]
    public object? LastKey { get; }
}

/// <summary>
/// A call that changes or deletes the results of a query in batches was cancelled. The error is an
/// <see cref="OperationCanceledException"/>, as for every cancelled call, and says how far it came.
/// </summary>
[GenerateSerializer]
[Alias("Memento.InBatchesCanceledException")]
public sealed class InBatchesCanceledException : OperationCanceledException
{
    /// <summary>Makes the error.</summary>
    /// <param name="table">The table.</param>
    /// <param name="changed">How many records are changed or deleted.</param>
    /// <param name="lastKey">The key of the last of them; null where there was no batch.</param>
    /// <param name="innerException">What the cancellation threw.</param>
    /// <param name="cancellationToken">The token of the call.</param>
    public InBatchesCanceledException(
        string table,
        long changed,
        object? lastKey,
        Exception innerException,
        CancellationToken cancellationToken)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The change of table '{table}' in batches was cancelled. {changed} records are "
                + $"changed{InBatches.UpTo(lastKey)}. Call it again to go on."),
            innerException,
            cancellationToken)
    {
        Table = table;
        Changed = changed;
        LastKey = lastKey;
    }

    /// <summary>The table.</summary>
    [Id(0)]
    public string Table { get; }

    /// <summary>How many records are changed or deleted, in the batches before.</summary>
    [Id(1)]
    public long Changed { get; }

    /// <summary>
    /// The key of the last record in the batches before; null where there was none. Batches go
    /// along the keys.
    /// </summary>
    [Id(2)]
    public object? LastKey { get; }
}

/// <summary>Words for both errors.</summary>
internal static class InBatches
{
    public static string UpTo(object? lastKey)
        => lastKey is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", up to key '{lastKey}'");
}
