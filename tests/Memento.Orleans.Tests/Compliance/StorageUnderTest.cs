using Memento.Storage;

namespace Memento.Tests.Compliance;

/// <summary>
/// A durable storage as the suites use it: one private place that can be opened, left as a crash
/// leaves it, and made to fail. A storage that is to be tested brings one class like this.
/// </summary>
public abstract class StorageUnderTest : IAsyncDisposable
{
    /// <summary>
    /// Whether two silos may have the place open at once, as in a cluster; otherwise the second one
    /// is refused.
    /// </summary>
    public abstract bool IsShared { get; }

    /// <summary>
    /// How long a storage waits for what holds it up; short where a test is about that.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A storage on the place, not open yet; each call makes another one.</summary>
    public abstract IJournalStorage Create();

    /// <summary>Chooses the storage in a silo, as an application does.</summary>
    public virtual void Use(IMementoBuilder memento) => memento.UseStorage(_ => Create());

    /// <summary>
    /// Makes a change and crashes at a point of it: afterwards the place is what was there at that
    /// point, and the storage is closed.
    /// </summary>
    public abstract Task CrashAsync(IJournalStorage storage, CrashPoint point, Func<Task> change);

    /// <summary>
    /// Until the end of what it gives, each commit of an open storage ends with an error that does
    /// not say whether it was kept, and the storage cannot be asked either.
    /// </summary>
    public abstract IDisposable LoseCommits(IJournalStorage storage, bool areKept);

    /// <summary>
    /// Until the end of what it gives, there is no more room for rows in an open storage.
    /// </summary>
    public abstract IDisposable Fill(IJournalStorage storage);

    /// <summary>Until the end of what it gives, the place cannot be opened.</summary>
    public abstract IDisposable Hide();

    /// <summary>Removes the place.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>The end of a fault: what puts things right.</summary>
    protected sealed class End(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

/// <summary>Where in a change a storage crashes.</summary>
public enum CrashPoint
{
    /// <summary>The change has not begun.</summary>
    Before,

    /// <summary>All of it was written, and nothing of it committed.</summary>
    BeforeCommit,

    /// <summary>A part of what the commit writes is there.</summary>
    InCommit,

    /// <summary>It was committed, and nobody was told.</summary>
    AfterCommit,

    /// <summary>It was acknowledged.</summary>
    After,
}
