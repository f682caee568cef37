using Orleans.Transactions;

namespace Memento.Transactions;

/// <summary>How a transaction of ours begins inside Orleans.</summary>
internal sealed class TransactionStart
{
    private TransactionStart()
    {
    }

    /// <summary>The start time of the first attempt: the age.</summary>
    public long StartTicks { get; private init; }

    /// <summary>What is left of the time limit.</summary>
    public TimeSpan Remaining { get; private init; }

    /// <summary>The transaction, where it is there already.</summary>
    public TransactionInfo? Info { get; private init; }

    /// <summary>Whether it is a branch, whose end is none of the transaction.</summary>
    public bool IsBranch { get; private init; }

    /// <summary>Whether it has begun.</summary>
    public bool IsTaken { get; set; }

    /// <summary>A new transaction.</summary>
    public static TransactionStart New(long startTicks, TimeSpan remaining)
        => new() { StartTicks = startTicks, Remaining = remaining };

    /// <summary>One that has begun without Orleans, or a branch of it.</summary>
    public static TransactionStart Of(TransactionInfo info, bool isBranch)
        => new() { Info = info, IsBranch = isBranch };
}
