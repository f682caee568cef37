using Memento.Locks;

namespace Memento.Messages;

/// <summary>The answer of a partition to a message that a silo has sent it for a client.</summary>
/// <param name="Number">The partition.</param>
/// <param name="Response">Its answer, to one operation.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.DelegatedAnswer")]
internal sealed record DelegatedAnswer(
    [property: Id(0)] int Number, [property: Id(1)] ExecuteResponse Response);

/// <summary>What a silo has done in partitions for a client's transaction.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.DelegatedAnswers")]
internal sealed record DelegatedAnswers
{
    /// <summary>The age of the transaction; null: no partition was asked.</summary>
    [Id(0)]
    public TransactionAge? Age { get; init; }

    /// <summary>The answers, in the order in which the partitions were asked.</summary>
    [Id(1)]
    public DelegatedAnswer[] Answers { get; init; } = [];

    /// <summary>Why no partition was asked; null: nothing went wrong.</summary>
    [Id(2)]
    public MementoException? Error { get; init; }
}
