using Memento.Storage;
using Memento.Tests.Compliance;

namespace Memento.Tests.TwoPhase;

/// <summary>A storage of the suites whose batches fail when a test says so.</summary>
internal sealed class FaultyPlace(StorageUnderTest place) : StorageUnderTest
{
    private readonly List<FaultyStorage> _storages = [];

    public override bool IsShared => place.IsShared;

    /// <summary>The storages, in the order in which the silos were started.</summary>
    public IReadOnlyList<FaultyStorage> Storages => _storages;

    public override IJournalStorage Create()
    {
        var storage = new FaultyStorage(place.Create()) { IsShared = place.IsShared };
        _storages.Add(storage);
        return storage;
    }

    public override Task CrashAsync(
        IJournalStorage storage, CrashPoint point, Func<Task> change)
        => place.CrashAsync(storage, point, change);

    public override IDisposable LoseCommits(IJournalStorage storage, bool areKept)
        => place.LoseCommits(storage, areKept);

    public override IDisposable Fill(IJournalStorage storage) => place.Fill(storage);

    public override IDisposable Hide() => place.Hide();

    public override ValueTask DisposeAsync() => place.DisposeAsync();
}
