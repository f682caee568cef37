using System.Globalization;

namespace Memento.Transactions;

/// <summary>
/// Carries a body's savepoint along its grain calls, to the record grains that write for it elsewhere.
/// With the transaction's id, because a call may begin another transaction.
/// </summary>
internal static class SavepointContext
{
    private const string Key = "memento.savepoint";

    /// <summary>Sets it for the calls of the method that calls this, and those inside it.</summary>
    public static void Set(Guid transactionId, int savepoint)
        => RequestContext.Set(
            Key, string.Create(CultureInfo.InvariantCulture, $"{transactionId:N}{savepoint}"));

    /// <summary>The savepoint under which the caller runs, or 0.</summary>
    public static int Find(Guid transactionId)
        => RequestContext.Get(Key) is string context
            && context.StartsWith($"{transactionId:N}", StringComparison.Ordinal)
            && int.TryParse(
                context.AsSpan(32), NumberStyles.None, CultureInfo.InvariantCulture, out int savepoint)
                ? savepoint
                : 0;
}
