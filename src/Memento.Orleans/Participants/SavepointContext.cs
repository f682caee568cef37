using System.Globalization;
using Memento.Partitions;
using Orleans.Transactions;

namespace Memento.Participants;

/// <summary>
/// Carries the nested bodies inside which code runs along its flow, and along its grain calls: to
/// the same transaction's code in this process, and to the record grains that write for it
/// elsewhere. Grain calls are also told which bodies run beside those. With the transaction's id,
/// because a call may begin another transaction.
/// </summary>
internal static class SavepointContext
{
    private const string Key = "memento.savepoint";
    private const string OpenKey = "memento.savepoints.open";
    private const char Separator = '.';
    private const int IdLength = 32;

    /// <summary>Sets it for the calls of the method that calls this, and those inside it.</summary>
    public static void Set(Guid transactionId, Savepoint savepoint)
        => Write(Key, transactionId, [savepoint.Id, .. savepoint.AroundIds ?? []]);

    /// <summary>
    /// The savepoints of the bodies inside which the caller runs, the innermost first.
    /// </summary>
    public static long[] Find(Guid transactionId) => Read(Key, transactionId);

    /// <summary>
    /// Tells the grain calls of the method that calls this which nested bodies of the running
    /// transaction run at this moment.
    /// </summary>
    /// <remarks>
    /// Only where the body is that began it: what others were told travels on with their calls.
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
    /// The nested bodies that ran when the caller was called; null: nothing was said.
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
