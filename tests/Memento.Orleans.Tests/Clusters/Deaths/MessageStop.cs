namespace Memento.Tests.Clusters.Deaths;

/// <summary>What becomes of a message that was stopped.</summary>
internal enum MessageFate
{
    /// <summary>It arrives when the test lets the messages go on.</summary>
    Late = 0,

    /// <summary>Whoever waits for it hears then that nothing came.</summary>
    Lost = 1,

    /// <summary>The same, but at once.</summary>
    LostAtOnce = 2,
}

/// <summary>One message of one transaction, which stands still on its way.</summary>
/// <param name="name">The method of the call.</param>
/// <param name="to">The silo that the call goes to, also where its answer is meant.</param>
/// <param name="number">Which of such calls of the transaction, from 1.</param>
/// <param name="isAnswer">Whether the answer is meant, and not the call.</param>
/// <param name="fate">What becomes of it.</param>
internal sealed class MessageStop(
    string name, SiloAddress to, int number, bool isAnswer, MessageFate fate)
{
    private readonly TaskCompletionSource _hit = NewSource();
    private readonly TaskCompletionSource _released = NewSource();
    private int _calls;

    public bool IsAnswer => isAnswer;

    /// <summary>Ends when the message stands still.</summary>
    public Task Hit => _hit.Task;

    /// <summary>Whether a call is the one that is meant, or whose answer is.</summary>
    public bool Takes(string method, SiloAddress receiver)
        => method == name && receiver.Equals(to) && Interlocked.Increment(ref _calls) == number;

    /// <summary>Lets the message meet its fate.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Holds the message up.</summary>
    /// <exception cref="TimeoutException">It is lost.</exception>
    public async Task PassAsync()
    {
        _hit.TrySetResult();
        if (fate != MessageFate.LostAtOnce) await _released.Task;
        if (fate != MessageFate.Late)
            throw new TimeoutException($"{name} to {to} is lost, says the test.");
    }

    private static TaskCompletionSource NewSource()
        => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
