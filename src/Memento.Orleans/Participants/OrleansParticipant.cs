using System.Collections.ObjectModel;
using Memento.Messages;
using Memento.Tables;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Participants;

/// <summary>A partition as a participant in Orleans' sense.</summary>
internal static class OrleansParticipant
{
    /// <summary>The resource name by which our participants are known.</summary>
    private const string ResourceName = "memento";

    // The roles are always the same: the dictionary keeps the first key that it saw.
    private const ParticipantId.Role Roles =
        ParticipantId.Role.Resource | ParticipantId.Role.Manager;

    /// <summary>What a transaction has of which Orleans does not know.</summary>
    public static IReadOnlyDictionary<ParticipantId, AccessCounter> None
        => ReadOnlyDictionary<ParticipantId, AccessCounter>.Empty;

    public static ParticipantId Of(IIndexGrain grain)
        => new(ResourceName, (GrainReference)grain, Roles);

    public static bool IsOurs(ParticipantId participant) => participant.Name == ResourceName;

    public static (string Table, int Number) Parse(ParticipantId participant)
        => IndexGrainKey.Parse(participant.Reference.GrainId.Key.ToString()!);

    /// <summary>The operations that were made there, whatever their kind.</summary>
    public static int Operations(AccessCounter counter) => counter.Reads + counter.Writes;

    /// <summary>
    /// The participants by name: those that a process knows, and those that grain calls brought
    /// back.
    /// </summary>
    /// <param name="state">What the process knows of the transaction, if anything.</param>
    /// <param name="recorded">The participants in Orleans' record.</param>
    public static List<NamedParticipant> Name(
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded)
    {
        var counts = new Dictionary<(string Table, int Number), int>();
        // What joined a transaction from elsewhere is in its record already.
        if (state is { IsJoined: false })
        {
            foreach (Participant each in state.Participants)
                counts[(each.Table.Name, each.Number)] = each.Operations;
        }

        foreach ((ParticipantId participant, AccessCounter counter) in recorded)
        {
            if (!IsOurs(participant)) continue;
            (string, int) name = Parse(participant);
            counts[name] = counts.GetValueOrDefault(name) + Operations(counter);
        }

        return [.. counts.Select(each =>
            new NamedParticipant(each.Key.Table, each.Key.Number, each.Value))];
    }
}

/// <summary>
/// Told of every operation of a transaction that is to be committed elsewhere, so that who commits
/// it knows the participants.
/// </summary>
internal interface IParticipantLog
{
    /// <summary>Before the operation, so that one that fails cannot hide a lock.</summary>
    void Enlist(TableDefinition table, int number);

    /// <summary>After the operation, which is counted.</summary>
    void Record(TableDefinition table, int number, bool writes);
}
