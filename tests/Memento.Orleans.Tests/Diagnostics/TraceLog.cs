using System.Collections.Concurrent;
using System.Diagnostics;

namespace Memento.Tests.Diagnostics;

/// <summary>Listens to the activities of one trace, which a test begins.</summary>
internal sealed class TraceLog : IDisposable
{
    private readonly ConcurrentQueue<Activity> _activities = new();
    private readonly ActivityListener _listener;
    private readonly Activity _root = new("test");

    public TraceLog()
    {
        _root.Start();
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == MementoTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.TraceId == _root.TraceId
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.None,
            ActivityStopped = _activities.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The activities that have ended, in the order of their beginnings.</summary>
    public Activity[] Ended => [.. _activities.OrderBy(static each => each.StartTimeUtc)];

    public Activity[] Named(string name)
        => [.. Ended.Where(each => each.OperationName == name)];

    /// <summary>The names from an activity up to the one of the test.</summary>
    public string PathOf(Activity activity)
    {
        string path = activity.OperationName;
        ActivitySpanId parent = activity.ParentSpanId;
        while (parent != _root.SpanId)
        {
            Activity? above = Ended.FirstOrDefault(each => each.SpanId == parent);
            if (above is null) return $"?/{path}";
            path = $"{above.OperationName}/{path}";
            parent = above.ParentSpanId;
        }

        return path;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _root.Dispose();
    }
}
