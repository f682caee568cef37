using Orleans.Transactions;

namespace Memento.Transactions;

/// <summary>How a transaction of ours begins inside Orleans.</summary>
internal sealed class TransactionStart(long startTicks, TimeSpan remaining)
{
    /// <summary>The start time of the first attempt: the age.</summary>
    public long StartTicks { get; } = startTicks;

    /// <summary>What is left of the time limit.</summary>
    public TimeSpan Remaining { get; } = remaining;

    /// <summary>The transaction, once it has begun.</summary>
    public TransactionInfo? Info { get; set; }
}
