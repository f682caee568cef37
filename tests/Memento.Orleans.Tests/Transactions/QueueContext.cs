namespace Memento.Tests.Transactions;

/// <summary>A context like the context of a user interface: a test runs the posted work.</summary>
internal sealed class QueueContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();

    /// <summary>How many callbacks wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_posted)
                return _posted.Count;
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_posted)
            _posted.Enqueue((d, state));
    }

    public void RunAll()
    {
        while (true)
        {
            (SendOrPostCallback Callback, object? State) next;
            lock (_posted)
            {
                if (!_posted.TryDequeue(out next)) return;
            }

            next.Callback(next.State);
        }
    }
}
