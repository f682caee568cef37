using System.Diagnostics;

namespace Memento.Diagnostics;

/// <summary>
/// One activity of the store, or none where nobody listens. A listener that throws ends neither the
/// code inside the activity nor the place of its parent as the current activity.
/// </summary>
internal readonly struct StoreActivity : IDisposable
{
    private readonly Activity? _activity;
    private readonly Activity? _outer;

    private StoreActivity(Activity? activity, Activity? outer)
    {
        _activity = activity;
        _outer = outer;
    }

    /// <summary>Whether there is an activity.</summary>
    public bool IsOn => _activity is not null;

    /// <summary>Starts an activity, if anybody listens.</summary>
    public static StoreActivity Start(
        ActivitySource source, string name, ActivityKind kind = ActivityKind.Internal)
    {
        if (!source.HasListeners()) return default;

        Activity? outer = Activity.Current;
        try
        {
            return new StoreActivity(source.StartActivity(name, kind), outer);
        }
        catch (Exception failure)
        {
            // It may have become the current one before the listener threw.
            Activity.Current = outer;
            ListenerFailure.Tell(name, failure);
            return default;
        }
    }

    public StoreActivity Tag(string name, object? value)
    {
        _activity?.SetTag(name, value);
        return this;
    }

    /// <summary>Says which attempt it belongs to.</summary>
    public StoreActivity Name(Guid transaction)
    {
        _activity?.SetTag("memento.transaction.id", transaction);
        return this;
    }

    /// <summary>Says how a transaction, an attempt or a commit ended.</summary>
    /// <param name="outcome">
    /// <see cref="AbortReason.None"/>, or one of <see cref="AbortReason"/>.
    /// </param>
    /// <param name="error">The error, where there is one.</param>
    public void End(string outcome, Exception? error = null)
    {
        _activity?.SetTag("memento.outcome", outcome);
        if (error is not null) _activity?.SetStatus(ActivityStatusCode.Error, error.Message);
    }

    public void Dispose()
    {
        if (_activity is null) return;

        try
        {
            _activity.Dispose();
        }
        catch (Exception failure)
        {
            // It is still the current one: it gives that up after the listeners.
            Activity.Current = _outer;
            ListenerFailure.Tell(_activity.OperationName, failure);
        }
    }
}
