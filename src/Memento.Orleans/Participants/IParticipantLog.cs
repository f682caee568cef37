using Memento.Tables;

namespace Memento.Participants;

/// <summary>
/// Told of every operation of a transaction that is to be committed elsewhere, so that who commits it knows
/// the participants.
/// </summary>
internal interface IParticipantLog
{
    /// <summary>Before the operation, so that one that fails cannot hide a lock.</summary>
    void Enlist(TableDefinition table, int number);

    /// <summary>After the operation, which is counted.</summary>
    void Record(TableDefinition table, int number, bool writes);
}
