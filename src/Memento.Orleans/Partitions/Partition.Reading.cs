using Memento.Snapshots;

namespace Memento.Partitions;

/// <content>What snapshots read of it.</content>
internal sealed partial class Partition
{
    private long _closedAt = long.MaxValue;

    /// <summary>The last cut before it was opened here; 0: there was none.</summary>
    public long OpenedAt { get; private set; }

    /// <summary>
    /// The number of its ownership: of two owners, the later one has the higher number.
    /// </summary>
    public long Ownership => Math.Max(Epoch, Tenure);

    /// <summary>The last cut before it was here no more; the greatest number: it is here.</summary>
    public long ClosedAt => Volatile.Read(ref _closedAt);

    /// <summary>From now on it can be found here.</summary>
    public void Open(Cuts cuts)
    {
        OpenedAt = cuts.Number;
        _content.KeepImagesFor(cuts);
    }

    /// <summary>From now on it is here for earlier snapshots only.</summary>
    public void Leave(Cuts cuts) => Volatile.Write(ref _closedAt, cuts.Number);

    /// <summary>Whether it was here at a cut.</summary>
    public bool WasHere(long cut) => cut > OpenedAt && cut <= ClosedAt;

    /// <summary>Drops what no living cut shows.</summary>
    public void DropImages() => _content.DropImages();

    /// <summary>
    /// Carries an operation out on what it had at a cut that lives, also when it is closed. What
    /// needs few records reads them under the gate where nothing was changed since the cut.
    /// </summary>
    public TResult Read<TResult>(long cut, ISnapshotRead<TResult> operation)
    {
        ContentImage? image;
        lock (_gate)
        {
            image = _content.FindImage(cut);
            if (image is null && operation.IsShort && Table.Type != TableType.Bag)
                return operation.ReadAll(new SnapshotView(Table, image: null, _content));
            image ??= _content.MakeImage();
        }

        return operation.ReadAll(new SnapshotView(Table, image, _content));
    }
}
