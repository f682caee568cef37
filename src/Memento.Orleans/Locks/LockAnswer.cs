namespace Memento.Locks;

/// <summary>What became of a request for a lock.</summary>
internal enum LockAnswer
{
    /// <summary>The owner has the lock.</summary>
    Granted,

    /// <summary>The request is queued; a later call names it among those it resumed.</summary>
    Waiting,

    /// <summary>An older transaction is in the way: this one gives up and starts again.</summary>
    Refused,
}
