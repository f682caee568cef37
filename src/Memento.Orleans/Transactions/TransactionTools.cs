using Memento.Participants;
using Memento.Tables;
using Memento.Transactions.Reading;

namespace Memento.Transactions;

/// <summary>What every transaction of a process uses.</summary>
/// <param name="Tables">The registered tables.</param>
/// <param name="Partitions">Finds partitions.</param>
/// <param name="PageKeys">Knows continuations of pages again.</param>
internal sealed record TransactionTools(
    TableRegistry Tables, IPartitions Partitions, IPageKeys PageKeys);
