using Memento.Messages;
using Memento.Partitions.Operations;

namespace Memento.Transactions;

/// <summary>An operation on its way to a partition elsewhere, until it is answered or given up.</summary>
internal sealed class OperationCall(Operation operation, int savepoint)
{
    private readonly TaskCompletionSource<Answer> _answered = new();

    private volatile bool _isAbandoned;

    public OperationRequest Request { get; } = new(operation, savepoint);

    /// <summary>About how many bytes it adds to a message.</summary>
    public int Size { get; } = operation is KeyOperation onKey
        ? onKey.EncodedKey.Length + ((operation as RecordOperation)?.Document?.Length ?? 0)
        : 0;

    /// <summary>Whether nobody waits for it any more, so that it need not be sent.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>Waits for the answer; a token that is cancelled abandons the wait.</summary>
    public async ValueTask<Answer> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _answered.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _isAbandoned = true;
            _answered.Task.Ignore();
            throw;
        }
    }

    /// <summary>Gives the answer or the error; who waits goes on inside this call.</summary>
    public void End(OperationResponse response)
    {
        if (response.Error is not null)
            _answered.TrySetException(response.Error);
        else
            _answered.TrySetResult(response.Answer!);
    }
}
