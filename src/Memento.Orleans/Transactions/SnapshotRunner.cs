using Memento.Participants;
using Memento.Snapshots;

namespace Memento.Transactions;

/// <summary>Runs bodies on snapshots.</summary>
internal sealed class SnapshotRunner(
    ISnapshots snapshots, TransactionTools tools, StoreLifetime lifetime)
{
    private readonly AsyncLocal<Place?> _current = new();

    /// <summary>The snapshot whose body runs in this flow of control; null: none.</summary>
    public SnapshotScope? Current => _current.Value?.Scope;

    // The body runs in the context of its caller (a grain's scheduler), which must not be left
    // before.
    public async Task<T> RunAsync<T>(
        Func<ISnapshot, Task<T>> body,
        SnapshotOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        TimeSpan maxAge = (options ??= new SnapshotOptions()).MaxAge;
        SnapshotLimits.RequireMaxAge(maxAge, nameof(options));
        lifetime.ThrowIfNotRunning();
        cancellationToken.ThrowIfCancellationRequested();
        var scope = new SnapshotScope(await snapshots.TakeAsync(maxAge, cancellationToken), tools);
        var place = new Place { Scope = scope };
        _current.Value = place;
        try
        {
            return await body(scope);
        }
        finally
        {
            // Code of the body that is still running finds no snapshot any more.
            place.Scope = null;
            scope.End();
        }
    }

    private sealed class Place
    {
        public SnapshotScope? Scope { get; set; }
    }
}
