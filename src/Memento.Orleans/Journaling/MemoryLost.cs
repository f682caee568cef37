using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Memento.Journaling;

/// <summary>
/// The end for a process whose memory is not what it has told others, and cannot be put right: going on
/// would make it durable. Nothing that can happen to a transaction leads here; a bug would.
/// </summary>
internal static class MemoryLost
{
    [DoesNotReturn]
    public static void Fail(ILogger logger, Exception exception, string doing)
    {
        try
        {
            StorageLog.MemoryLost(logger, exception, doing);
        }
        catch (Exception failure)
        {
            exception = new AggregateException(exception, failure);
        }

        Environment.FailFast(
            $"Memento stops this process: {doing} failed, so that its memory may not be what is stored. "
            + "What was acknowledged is in the durable storage. Start it again, and report this.",
            exception);
    }
}
