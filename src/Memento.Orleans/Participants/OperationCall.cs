using Memento.Messages;
using Memento.Partitions;
using Memento.Partitions.Operations;

namespace Memento.Participants;

/// <summary>
/// An operation that is sent to a partition in another process, until it has its answer.
/// </summary>
internal sealed class OperationCall(
    Operation operation, Savepoint? savepoint, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<Answer> _answered = new();

    public OperationRequest Request { get; } =
        new(operation, savepoint?.Id ?? 0, savepoint?.AroundIds);

    /// <summary>An estimate of the bytes that it adds to a message.</summary>
    public int Size { get; } = operation is IKeyOperation onKey
        ? onKey.Key.Bytes.Length + ((operation as RecordOperation)?.Document?.Length ?? 0)
        : 0;

    /// <summary>Whether its caller has stopped waiting, so that it need not be sent.</summary>
    public bool IsAbandoned => cancellationToken.IsCancellationRequested;

    /// <summary>Whether its savepoint was given up, so that it must not be carried out.</summary>
    public bool IsGivenUp => savepoint is { IsGivenUp: true };

    /// <summary>Whether it has been sent, or is about to be.</summary>
    public bool IsSent { get; set; }

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
