using Memento.Messages;
using Memento.Partitions;
using Memento.Partitions.Operations;

namespace Memento.Participants;

/// <summary>An operation on its way to a partition elsewhere, until it has its answer.</summary>
internal sealed class OperationCall(
    Operation operation, Savepoint? savepoint, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<Answer> _answered = new();

    public OperationRequest Request { get; } =
        new(operation, savepoint?.Id ?? 0, savepoint?.AroundIds);

    /// <summary>About how many bytes it adds to a message.</summary>
    public int Size { get; } = operation is IKeyOperation onKey
        ? onKey.Key.Bytes.Length + ((operation as RecordOperation)?.Document?.Length ?? 0)
        : 0;

    /// <summary>Whether nobody waits for it any more, so that it need not be sent.</summary>
    public bool IsAbandoned => cancellationToken.IsCancellationRequested;

    /// <summary>Whether its savepoint was given up, so that it must not be carried out.</summary>
    public bool IsGivenUp => savepoint is { IsGivenUp: true };

    /// <summary>Whether it has left, or is about to.</summary>
    public bool IsSent { get; set; }

    /// <summary>Waits for the answer; the call's token abandons the wait.</summary>
    public Task<Answer> WaitAsync() => _answered.Task.WaitAsync(cancellationToken);

    /// <summary>Gives the answer or the error; who waits goes on inside this call.</summary>
    public void End(OperationResponse response)
    {
        if (response.Error is null)
        {
            _answered.TrySetResult(response.Answer!);
            return;
        }

        _answered.TrySetException(response.Error);
        // Of a call that was given up nobody sees the error.
        _answered.Task.Ignore();
    }
}
