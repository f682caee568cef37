using System.Globalization;
using Memento.Partitions;
using Orleans.Transactions;

namespace Memento.Participants;

/// <summary>
/// Carries the nested bodies around running code along its flow of control and its grain calls: to
/// code of the same transaction in this process, and to record grains that write for it in other
/// processes. Grain calls also carry the bodies that run beside them. The transaction's id is
/// included, because a call may begin another transaction.
/// </summary>
internal static class SavepointContext
{
    private const string Key = "memento.savepoint";
    private const string OpenKey = "memento.savepoints.open";
    private const char Separator = '.';
    private const int IdLength = 32;

    /// <summary>
    /// Sets the savepoint for the calls of the calling method, and the calls inside them.
    /// </summary>
    public static void Set(Guid transactionId, Savepoint savepoint)
        => Write(Key, transactionId, [savepoint.Id, .. savepoint.AroundIds ?? []]);

    /// <summary>The savepoints of the bodies around the caller, the innermost first.</summary>
    public static long[] Find(Guid transactionId) => Read(Key, transactionId);

    /// <summary>
    /// Adds the nested bodies that run at this moment to the grain calls of the calling method.
    /// </summary>
    /// <remarks>
    /// Only in the process of the transaction's body. Other processes pass on what they were told.
    /// </remarks>
    public static void SetOpen(TransactionRegistry registry)
    {
        if (TransactionContext.GetTransactionInfo() is { } info
            && registry.Find(info.TransactionId) is { IsJoined: false, Savepoints: { } savepoints }
            && savepoints.Describe() is { } open)
        {
            Write(OpenKey, info.TransactionId, [open.Version, .. open.Ids]);
        }
    }

    /// <summary>
    /// The nested bodies that ran when the caller was called; null: the call had no list.
    /// </summary>
    public static OpenSavepoints? FindOpen(Guid transactionId)
        => Read(OpenKey, transactionId) is [long version, .. long[] ids]
            ? new OpenSavepoints(version, ids)
            : null;

    private static void Write(string key, Guid transactionId, long[] numbers)
        => RequestContext.Set(
            key,
            transactionId.ToString("N", CultureInfo.InvariantCulture)
            + string.Join(Separator, numbers));

    private static long[] Read(string key, Guid transactionId)
    {
        if (RequestContext.Get(key) is not string context
            || !context.StartsWith($"{transactionId:N}", StringComparison.Ordinal))
        {
            return [];
        }

        List<long> numbers = [];
        ReadOnlySpan<char> text = context.AsSpan(IdLength);
        foreach (Range part in text.Split(Separator))
            numbers.Add(long.Parse(text[part], NumberStyles.None, CultureInfo.InvariantCulture));
        return [.. numbers];
    }
}
