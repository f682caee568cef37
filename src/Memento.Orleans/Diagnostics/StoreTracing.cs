using System.Diagnostics;

namespace Memento.Diagnostics;

/// <summary>
/// The activities of a store: a transaction, its attempts, and the commit of each, in any silo.
/// Without a listener no activity is made, and callers skip the work for it.
/// </summary>
/// <remarks>
/// An activity in another process belongs to the trace of the transaction if Orleans sends the
/// current activity with grain calls (<c>AddActivityPropagation</c>).
/// </remarks>
internal sealed class StoreTracing : IDisposable
{
    private const string Transaction = "memento.transaction";
    private const string Outcome = "memento.outcome";

    private readonly ActivitySource _source = new(MementoTelemetry.Name, StoreVersion.Text);

    /// <summary>Whether anybody listens.</summary>
    public bool IsOn => _source.HasListeners();

    /// <summary>The way from the first attempt to the result.</summary>
    public Activity? StartTransaction() => _source.StartActivity(Transaction);

    /// <summary>One run of the body, with its commit.</summary>
    public Activity? StartAttempt(int number)
        => _source.StartActivity("memento.attempt")?.SetTag("memento.attempt", number);

    /// <summary>A message from another process, carried out here.</summary>
    public Activity? StartExecute(Guid transaction, string table, int partition, int operations)
        => Start("memento.execute", transaction, ActivityKind.Server)
            ?.SetTag("memento.table", table)
            .SetTag("memento.partition", partition)
            .SetTag("memento.operations", operations);

    /// <summary>The commit, where the participants are.</summary>
    public Activity? StartCommit(Guid transaction, int participants)
        => Start("memento.commit", transaction)?.SetTag("memento.participants", participants);

    /// <summary>From here on the participants take no operation.</summary>
    public Activity? StartSeal() => _source.StartActivity("memento.seal");

    /// <summary>From the place in the journal to the answer of the storage.</summary>
    public Activity? StartAppend() => _source.StartActivity("memento.append");

    /// <summary>Says how a transaction, an attempt or a commit ended.</summary>
    /// <param name="activity">The activity; null without a listener.</param>
    /// <param name="outcome">"committed", "retried", or one of <see cref="AbortReason"/>.</param>
    /// <param name="error">The error, where there is one.</param>
    public static void End(Activity? activity, string outcome, Exception? error = null)
    {
        activity?.SetTag(Outcome, outcome);
        if (error is not null) activity?.SetStatus(ActivityStatusCode.Error, error.Message);
    }

    /// <summary>Says which attempt an activity belongs to.</summary>
    public static void Name(Activity? activity, Guid transaction)
        => activity?.SetTag("memento.transaction.id", transaction);

    public void Dispose() => _source.Dispose();

    private Activity? Start(
        string name, Guid transaction, ActivityKind kind = ActivityKind.Internal)
    {
        Activity? activity = _source.StartActivity(name, kind);
        Name(activity, transaction);
        return activity;
    }
}
