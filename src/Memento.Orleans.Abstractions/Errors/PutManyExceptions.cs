using System.Globalization;

namespace Memento;

/// <summary>
/// A call that writes many records stopped, because a batch, the source of the records or the
/// progress callback failed. The batches before it stay.
/// </summary>
[GenerateSerializer]
[Alias("Memento.PutManyException")]
public sealed class PutManyException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="table">The table.</param>
    /// <param name="written">How many records were written before the call stopped.</param>
    /// <param name="innerException">Why it failed.</param>
    public PutManyException(string table, long written, Exception innerException)
        : base(
            $"Writing into table '{table}' stopped: the first {written} records are written, the "
            + $"others are not. The cause: {innerException.Message} Go on with record "
            + $"{written + 1}.",
            innerException)
    {
        Table = table;
        Written = written;
    }

    /// <summary>The table.</summary>
    [Id(0)]
    public string Table { get; }

    /// <summary>How many records were written, all of them before the batch that failed.</summary>
    [Id(1)]
    public long Written { get; }
}

/// <summary>
/// A call that writes many records was cancelled. The error is an
/// <see cref="OperationCanceledException"/>, as for every cancelled call, and says how many records
/// are written.
/// </summary>
[GenerateSerializer]
[Alias("Memento.PutManyCanceledException")]
public sealed class PutManyCanceledException : OperationCanceledException
{
    /// <summary>Makes the error.</summary>
    /// <param name="table">The table.</param>
    /// <param name="written">How many records are written.</param>
    /// <param name="innerException">What the cancellation threw.</param>
    /// <param name="cancellationToken">The token of the call.</param>
    public PutManyCanceledException(
        string table, long written, Exception innerException, CancellationToken cancellationToken)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Writing into table '{table}' was cancelled: the first {written} records are "
                + $"written. Go on with record {written + 1}."),
            innerException,
            cancellationToken)
    {
        Table = table;
        Written = written;
    }

    /// <summary>The table.</summary>
    [Id(0)]
    public string Table { get; }

    /// <summary>
    /// How many records are written, all of them before the batch that was cancelled.
    /// </summary>
    [Id(1)]
    public long Written { get; }
}
