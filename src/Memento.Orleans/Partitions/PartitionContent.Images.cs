using Memento.Collections;
using Memento.Invariants;
using Memento.Keys;
using Memento.Snapshots;
using Memento.Tables;

namespace Memento.Partitions;

/// <content>What it had at the cuts that snapshots show.</content>
/// <remarks>
/// A cut tells no partition. At its next change after a cut that lives, a partition makes an image
/// of what it has, which shares all nodes with it. So a partition that nobody changes keeps
/// nothing, and one that is changed pays a comparison.
/// </remarks>
internal sealed partial class PartitionContent : IKeepsImages
{
    // In the order of their cuts, which do not overlap.
    private readonly List<ContentImage> _images = [];

    // The cuts after this one show what is there now. What is there at the beginning is what was
    // there at all earlier ones, too: nobody else could change it since its last owner.
    private long _changedAt = -1;

    private Cuts? _cuts;

    // Grows by what changes replace.
    private long _replacedBytes;

    /// <summary>
    /// The gate of the partition whose content it is. It goes along with the content, so that two
    /// partitions that have it, one after the other, have the same gate.
    /// </summary>
    public Lock Gate { get; } = new();

    /// <inheritdoc/>
    public long KeptBytes
    {
        get
        {
            lock (Gate)
            {
                return _images is [{ } oldest, ..] && oldest.UpTo != long.MaxValue
                    ? _replacedBytes - oldest.ReplacedBytes
                    : 0;
            }
        }
    }

    /// <summary>From now on it keeps what the cuts of this silo show.</summary>
    public void KeepImagesFor(Cuts cuts)
    {
        lock (Gate)
            _cuts ??= cuts;
    }

    /// <summary>
    /// What it had at a cut that lives; null: what it has now. Under the gate.
    /// </summary>
    /// <exception cref="SnapshotEndedException">The cut does not live any more.</exception>
    public ContentImage? FindImage(long cut)
    {
        for (int i = _images.Count - 1; i >= 0; i--)
        {
            if (cut > _images[i].Above && cut <= _images[i].UpTo) return _images[i];
        }

        if (cut > _changedAt) return null;

        Invariant.Holds(
            _cuts?.HasLive(cut - 1, cut) != true,
            "what a snapshot shows is kept as long as it lives");
        throw new SnapshotEndedException("The snapshot has ended.");
    }

    /// <summary>
    /// An image of what it has now, for the cuts since its last change. Under the gate.
    /// </summary>
    public ContentImage MakeImage()
    {
        if (_images is [.., { UpTo: long.MaxValue } last]) return last;

        var image = new ContentImage(
            _changedAt,
            Array.ConvertAll(_maps, static map => map?.TakeSnapshot()),
            Indexes,
            _replacedBytes);
        _images.Add(image);
        if (_images.Count == 1) _cuts?.Add(this);
        return image;
    }

    /// <inheritdoc/>
    public void DropImages()
    {
        lock (Gate)
        {
            if (_images.Count == 0) return;

            _images.RemoveAll(each => !_cuts!.HasLive(each.Above, each.UpTo));
            if (_images.Count == 0) _cuts!.Remove(this);
        }
    }

    /// <summary>
    /// Keeps what is there for the cuts since the last change, before it is changed. Under the
    /// gate.
    /// </summary>
    private void KeepImage()
    {
        if (_cuts is not null && _cuts.Number is var now && now != _changedAt) KeepImage(now);
    }

    private void KeepImage(long now)
    {
        if (_cuts!.HasLive(_changedAt, now)) MakeImage();
        if (_images is [.., { UpTo: long.MaxValue } last]) last.UpTo = now;
        _changedAt = now;
    }
}

/// <summary>
/// What a partition had at some cuts. It never changes, and can be read without the gate.
/// </summary>
/// <param name="above">The cuts after this one show it.</param>
/// <param name="maps">The maps of the key spaces, by their numbers; null: no such index.</param>
/// <param name="indexes">The indexes that it has.</param>
/// <param name="replacedBytes">What changes had replaced by then.</param>
internal sealed class ContentImage(
    long above,
    OrderedMapSnapshot<StoredRecord>?[] maps,
    IndexSet indexes,
    long replacedBytes)
{
    private long _upTo = long.MaxValue;

    public long Above { get; } = above;

    /// <summary>
    /// The last cut that shows it; the greatest number as long as nothing was changed since.
    /// </summary>
    public long UpTo
    {
        get => Volatile.Read(ref _upTo);
        set => Volatile.Write(ref _upTo, value);
    }

    public IndexSet Indexes { get; } = indexes;

    public long ReplacedBytes { get; } = replacedBytes;

    /// <summary>The map of a key space.</summary>
    public OrderedMapSnapshot<StoredRecord> this[KeySpace space] => maps[space.Number]!;
}
