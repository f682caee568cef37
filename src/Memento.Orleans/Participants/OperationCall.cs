using Memento.Messages;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>
/// An operation that is sent to a partition in another process, until it has its answer.
/// </summary>
internal sealed class OperationCall(
    Operation operation, Savepoint? savepoint, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<Answer> _answered = new();

    public OperationRequest Request { get; private set; } =
        new(operation, savepoint?.Id ?? 0, savepoint?.AroundIds);

    /// <summary>An estimate of the bytes that it adds to a message.</summary>
    public int Size { get; private set; } = SizeOf(operation);

    /// <summary>
    /// Whether its caller has its answer already: a write that was kept back. The caller's
    /// cancellation does not matter to it any more.
    /// </summary>
    public bool IsKept { get; init; }

    /// <summary>Whether nothing needs that it leaves before the seal.</summary>
    public bool IsHeldBack { get; set; }

    /// <summary>Whether its caller has stopped waiting, so that it need not be sent.</summary>
    public bool IsAbandoned => cancellationToken.IsCancellationRequested;

    /// <summary>Whether its savepoint was given up, so that it must not be carried out.</summary>
    public bool IsGivenUp => savepoint is { IsGivenUp: true };

    /// <summary>Whether it has been sent, or is about to be.</summary>
    public bool IsSent { get; set; }

    /// <summary>
    /// The indexes of the table when it was carried out, if this process knows them and none is
    /// unique; otherwise null.
    /// </summary>
    public IndexSet? PlainIndexes { get; set; }

    /// <summary>Ends with its answer; fails with its error.</summary>
    public Task Answered => _answered.Task;

    /// <summary>An estimate of the bytes that an operation adds to a message.</summary>
    public static int SizeOf(Operation operation) => operation is IKeyOperation onKey
        ? onKey.Key.Bytes.Length + ((operation as RecordOperation)?.Document?.Length ?? 0)
        : 0;

    /// <summary>
    /// Whether it was called under a savepoint, and not inside another one in it.
    /// </summary>
    public bool IsOf(Savepoint? other) => Request.Savepoint == (other?.Id ?? 0);

    /// <summary>
    /// Puts another write in the place of one that was kept back and has not left.
    /// </summary>
    public void Replace(Operation later)
    {
        Request = Request with { Operation = later };
        Size = SizeOf(later);
    }

    /// <summary>Waits for the answer. The token of the call ends the wait.</summary>
    public Task<Answer> WaitAsync() => _answered.Task.WaitAsync(cancellationToken);

    /// <summary>
    /// Completes the call with the answer or the error. The waiting code goes on inside this
    /// method.
    /// </summary>
    public void End(OperationResponse response)
    {
        if (response.Error is null)
        {
            _answered.TrySetResult(response.Answer!);
            return;
        }

        _answered.TrySetException(response.Error);
        // If the call was given up, its error is not observed.
        _answered.Task.Ignore();
    }
}
