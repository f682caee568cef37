using System.Globalization;
using Memento.Partitions;

namespace Memento.Transactions;

/// <summary>
/// Carries the nested bodies inside which code runs along its flow, and along its grain calls: to the same
/// transaction's code in this process, and to the record grains that write for it elsewhere. With the
/// transaction's id, because a call may begin another transaction.
/// </summary>
internal static class SavepointContext
{
    private const string Key = "memento.savepoint";
    private const char Separator = '.';
    private const int IdLength = 32;

    /// <summary>Sets it for the calls of the method that calls this, and those inside it.</summary>
    public static void Set(Guid transactionId, Savepoint savepoint)
        => RequestContext.Set(
            Key,
            transactionId.ToString("N", CultureInfo.InvariantCulture)
            + string.Join(Separator, [savepoint.Id, .. savepoint.AroundIds ?? []]));

    /// <summary>The savepoints of the bodies inside which the caller runs, the innermost first.</summary>
    public static long[] Find(Guid transactionId)
    {
        if (RequestContext.Get(Key) is not string context
            || !context.StartsWith($"{transactionId:N}", StringComparison.Ordinal))
        {
            return [];
        }

        List<long> ids = [];
        ReadOnlySpan<char> text = context.AsSpan(IdLength);
        foreach (Range part in text.Split(Separator))
            ids.Add(long.Parse(text[part], NumberStyles.None, CultureInfo.InvariantCulture));
        return [.. ids];
    }
}
