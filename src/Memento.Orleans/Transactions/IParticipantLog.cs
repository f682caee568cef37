using Memento.Tables;

namespace Memento.Transactions;

/// <summary>
/// Told of every operation of a transaction that is to be committed elsewhere, so that who commits it knows
/// the participants.
/// </summary>
internal interface IParticipantLog
{
    void Record(TableDefinition table, int number, bool writes);
}
