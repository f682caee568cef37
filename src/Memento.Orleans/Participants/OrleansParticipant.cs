using System.Collections.ObjectModel;
using Memento.Messages;
using Memento.Tables;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Participants;

/// <summary>A partition as a participant of an Orleans transaction.</summary>
internal static class OrleansParticipant
{
    /// <summary>The resource name that marks our participants.</summary>
    public const string ResourceName = "memento";

    // The roles are always the same, because the dictionary keeps the first key.
    private const ParticipantId.Role Roles =
        ParticipantId.Role.Resource | ParticipantId.Role.Manager;

    /// <summary>The participants of a transaction that Orleans does not know: none.</summary>
    public static IReadOnlyDictionary<ParticipantId, AccessCounter> None
        => ReadOnlyDictionary<ParticipantId, AccessCounter>.Empty;

    public static ParticipantId Of(IIndexGrain grain)
        => new(ResourceName, (GrainReference)grain, Roles);

    public static bool IsOurs(ParticipantId participant) => participant.Name == ResourceName;

    public static (string Table, int Number) Parse(ParticipantId participant)
        => IndexGrainKey.Parse(participant.Reference.GrainId.Key.ToString()!);

    /// <summary>The participants that are not ours; null: there are none.</summary>
    public static ForeignParts? Foreign(TransactionInfo info)
    {
        List<ForeignResource>? foreign = null;
        foreach ((ParticipantId participant, AccessCounter counter) in info.Participants)
        {
            if (!IsOurs(participant))
                (foreign ??= []).Add(new ForeignResource(participant, counter));
        }

        return foreign is null ? null : new ForeignParts(foreign, info.TimeStamp);
    }

    /// <summary>
    /// How often participants of others have written, with the calls that have returned.
    /// </summary>
    public static int CountForeignWrites(TransactionInfo info)
        => ReturnedCalls.Of(info).Prepend(info)
            .SelectMany(static each => each.Participants)
            .Where(static each => !IsOurs(each.Key))
            .Sum(static each => each.Value.Writes);

    /// <summary>
    /// Names our partitions in Orleans' record, for its own agent. It makes the first participant
    /// the manager that can be one and has written: the participants of others come first.
    /// </summary>
    /// <param name="state">The state of the transaction in this process, if there is one.</param>
    /// <param name="info">Orleans' record.</param>
    /// <param name="grains">The grains of partitions.</param>
    public static void AddAll(TransactionState? state, TransactionInfo info, PartitionGrains grains)
    {
        var all = info.Participants
            .OrderBy(static each => IsOurs(each.Key)).ToList();
        info.Participants.Clear();
        foreach ((ParticipantId participant, AccessCounter counter) in all)
            info.Participants.Add(participant, counter);
        if (state is null or { IsJoined: true }) return;

        foreach (Participant each in state.Participants)
        {
            ParticipantId id = Of(grains.Of(each.Table, each.Number));
            info.Participants.TryGetValue(id, out AccessCounter counter);

            // What it has done elsewhere is not known here.
            if (each is LocalParticipant { Transaction.Staged.HasChanges: false })
                counter.Reads += each.Operations;
            else
                counter.Writes += each.Operations;
            info.Participants[id] = counter;
        }
    }

    /// <summary>The number of operations in the partition, of all kinds.</summary>
    public static int Operations(AccessCounter counter) => counter.Reads + counter.Writes;

    /// <summary>
    /// The participants by name: those of this process, and those that grain calls have reported.
    /// </summary>
    /// <param name="state">The state of the transaction in this process, if there is one.</param>
    /// <param name="recorded">The participants in Orleans' record.</param>
    public static List<NamedParticipant> Name(
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded)
        => Name(state, recorded, takesWrites: false);

    /// <summary>
    /// The same for a commit that has begun, with the writes that were kept back until now.
    /// </summary>
    public static List<NamedParticipant> NameToCommit(
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded)
        => Name(state, recorded, takesWrites: true);

    private static List<NamedParticipant> Name(
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded,
        bool takesWrites)
    {
        var counts = new Dictionary<(string Table, int Number), int>();
        var known = new Dictionary<(string Table, int Number), Participant>();
        // The participants of a joined transaction are in its record already.
        if (state is { IsJoined: false })
        {
            foreach (Participant each in state.Participants)
            {
                counts[(each.Table.Name, each.Number)] = each.Operations;
                known[(each.Table.Name, each.Number)] = each;
            }
        }

        foreach ((ParticipantId participant, AccessCounter counter) in recorded)
        {
            if (!IsOurs(participant)) continue;
            (string, int) name = Parse(participant);
            counts[name] = counts.GetValueOrDefault(name) + Operations(counter);
        }

        return [.. counts.Select(each =>
        {
            Participant? here = known.GetValueOrDefault(each.Key);
            return new NamedParticipant(each.Key.Table, each.Key.Number, each.Value, here?.Silo)
            {
                Writes = takesWrites ? (here as RemoteParticipant)?.TakeKept() : null,
            };
        })];
    }
}

/// <summary>
/// Called for every operation of a transaction that is committed in another process, so that this
/// process knows the participants.
/// </summary>
internal interface IParticipantLog
{
    /// <summary>Whether Orleans has begun the transaction as one that only reads.</summary>
    bool IsReadOnly { get; }

    /// <summary>Whether the grain call locks for writing what it reads.</summary>
    bool LocksForWriting { get; }

    /// <summary>
    /// Called before the operation, so that a failing operation cannot hide a lock.
    /// </summary>
    void Enlist(TableDefinition table, int number);

    /// <summary>Called after the operation, to count it.</summary>
    void Record(TableDefinition table, int number, bool writes);

    /// <summary>
    /// Called after the operation, also if it failed: the commit's stamp is above all that the
    /// transaction has met here.
    /// </summary>
    void Learn();

    /// <summary>How often the grain call has written states of Orleans.</summary>
    int CountForeignWrites();

    /// <summary>Makes the transaction fail, whatever the grain call answers.</summary>
    void Fail(Exception reason);
}
