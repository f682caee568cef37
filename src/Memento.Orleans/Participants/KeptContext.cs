using System.Globalization;
using Memento.Messages;
using Orleans.Transactions;

namespace Memento.Participants;

/// <summary>
/// Carries along a transactional grain call in which partitions the transaction had kept writes
/// back when the call was made. They leave at the same time, so that the call may come first: in
/// these partitions, its code waits for them.
/// </summary>
internal static class KeptContext
{
    private const string Key = "memento.kept";
    private const char Separator = '|';
    private const int IdLength = 32;

    /// <summary>
    /// Adds the partitions to the grain calls of the calling method, in the process of the
    /// transaction's body. Other processes pass on what they were told.
    /// </summary>
    public static void SetAwaited(TransactionRegistry registry)
    {
        if (TransactionContext.GetTransactionInfo() is not { } info
            || registry.Find(info.TransactionId) is not { IsJoined: false } state)
        {
            return;
        }

        IReadOnlyList<(string Table, int Number)> partitions = state.BeginGrainCall();
        if (partitions.Count == 0) return;

        RequestContext.Set(
            Key,
            info.TransactionId.ToString("N", CultureInfo.InvariantCulture) + string.Join(
                Separator,
                partitions.Select(static each => IndexGrainKey.Of(each.Table, each.Number))));
    }

    /// <summary>The partitions in which the code of a call has to wait.</summary>
    public static IReadOnlyList<(string Table, int Number)> FindAwaited(Guid transactionId)
        => RequestContext.Get(Key) is string context
            && context.StartsWith($"{transactionId:N}", StringComparison.Ordinal)
                ? [.. context[IdLength..].Split(Separator).Select(IndexGrainKey.Parse)]
                : [];
}
