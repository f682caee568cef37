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
    private readonly ActivitySource _source = new(MementoTelemetry.Name, StoreVersion.Text);

    /// <summary>Whether anybody listens.</summary>
    public bool IsOn => _source.HasListeners();

    /// <summary>The way from the first attempt to the result.</summary>
    public StoreActivity StartTransaction() => Start("memento.transaction");

    /// <summary>One run of the body, with its commit.</summary>
    public StoreActivity StartAttempt(int number)
    {
        StoreActivity activity = Start("memento.attempt");
        return activity.IsOn ? activity.Tag("memento.attempt", number) : activity;
    }

    /// <summary>A message from another process, carried out here.</summary>
    public StoreActivity StartExecute(Guid transaction, string table, int partition, int operations)
    {
        StoreActivity activity = Start("memento.execute", ActivityKind.Server);
        return activity.IsOn
            ? activity.Name(transaction)
                .Tag("memento.table", table)
                .Tag("memento.partition", partition)
                .Tag("memento.operations", operations)
            : activity;
    }

    /// <summary>The commit, where the participants are.</summary>
    public StoreActivity StartCommit(Guid transaction, int participants)
    {
        StoreActivity activity = Start("memento.commit");
        return activity.IsOn
            ? activity.Name(transaction).Tag("memento.participants", participants)
            : activity;
    }

    /// <summary>From here on the participants take no operation.</summary>
    public StoreActivity StartSeal() => Start("memento.seal");

    /// <summary>From the place in the journal to the answer of the storage.</summary>
    public StoreActivity StartAppend() => Start("memento.append");

    public void Dispose() => _source.Dispose();

    private StoreActivity Start(string name, ActivityKind kind = ActivityKind.Internal)
        => StoreActivity.Start(_source, name, kind);
}
