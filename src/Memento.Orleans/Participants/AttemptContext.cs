using System.Globalization;

namespace Memento.Participants;

/// <summary>
/// Carries the number of a run of a body along its grain calls, where it is not the first. The
/// transaction's id is included, because a call may begin another transaction.
/// </summary>
internal static class AttemptContext
{
    private const string Key = "memento.attempt";
    private const int IdLength = 32;

    /// <summary>Sets it for the calls of the calling method, and the calls inside them.</summary>
    public static void Set(Guid transactionId, int attempt)
        => RequestContext.Set(
            Key, string.Create(CultureInfo.InvariantCulture, $"{transactionId:N}{attempt}"));

    /// <summary>The number of the run that the caller is called by.</summary>
    public static int Find(Guid transactionId)
        => RequestContext.Get(Key) is string context
            && context.StartsWith($"{transactionId:N}", StringComparison.Ordinal)
                ? int.Parse(context.AsSpan(IdLength), CultureInfo.InvariantCulture)
                : 1;
}
