using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Tests.Clusters.Simulation.Grains;

/// <summary>A participant with its reads and writes, in a message.</summary>
internal sealed record CountedParty(Party Party, AccessCounter Count);

/// <summary>The states of grains in a transaction that a silo of ours manages.</summary>
/// <param name="Resources">Each with its reads and writes.</param>
/// <param name="Time">The latest time that they know.</param>
internal sealed record VirtualForeign(List<CountedParty> Resources, long Time)
{
    public IEnumerable<Party> Writers
        => Resources.Where(static each => each.Count.Writes > 0)
            .Select(static each => each.Party);
}

/// <summary>A use of the state of a grain.</summary>
internal sealed record GrainCall(
    Guid Id, long Priority, AccessCounter Known, long Time, int? Appended);

/// <summary>What the state was before the use, and the time of that.</summary>
internal sealed record GrainAnswer(int[] Values, long Time);

/// <summary>Asks for the vote of a participant.</summary>
internal sealed record PrepareCall(Guid Id, AccessCounter Count, long Time, Party Manager);

/// <summary>Asks a grain to commit a transaction as its manager.</summary>
internal sealed record PrepareAndCommitCall(
    Guid Id, AccessCounter Count, long Time, List<Party> Writers, int Total);

/// <summary>A vote, or a question without one.</summary>
internal sealed record VirtualVote(
    Guid Id, long Time, Party Voter, TransactionalStatus? Vote, bool IsRestored = false);

/// <summary>A class, so that no answer is null.</summary>
internal sealed record StatusAnswer(TransactionalStatus Status);
