using System.Diagnostics;

namespace Memento.Diagnostics;

/// <summary>
/// What becomes of the failure of a listener to metrics or activities. Listeners run inside the
/// code that measures, and must not decide what becomes of a transaction or a batch. So their
/// failures go to the trace listeners, as those of a log provider do.
/// </summary>
internal static class ListenerFailure
{
    /// <summary>Tells that a listener threw.</summary>
    /// <param name="name">The instrument or the activity that it listens to.</param>
    /// <param name="failure">What it threw.</param>
    public static void Tell(string name, Exception failure)
        => Trace.TraceError("A listener to Memento's {0} failed: {1}", name, failure);
}
