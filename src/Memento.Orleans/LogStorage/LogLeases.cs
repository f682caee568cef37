using Memento.Storage;

namespace Memento.LogStorage;

/// <summary>
/// The leases of the silos that share a log: a state for each silo beside the log, which only that
/// silo writes, and the owners of partitions in the log.
/// </summary>
/// <param name="states">The states.</param>
/// <param name="owner">This run of this silo.</param>
/// <param name="change">Appends a change, and gives its result.</param>
/// <param name="look">Looks at the content of the log, with all that others have appended.</param>
internal sealed class LogLeases(
    StateStore states,
    Guid owner,
    Func<LogChange, CancellationToken, Task<object?>> change,
    Func<Func<LogContent, LogLeases.View>, CancellationToken, Task<LogLeases.View>> look)
    : ILeaseStorage, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private KnownState? _own;
    private bool _isKnown;

    public Guid Owner => owner;

    public async Task<LeaseNews> RenewAsync(
        TimeSpan duration,
        IReadOnlyCollection<PartitionEpoch> held,
        CancellationToken cancellationToken)
    {
        StoredLease own = await CountAsync(duration, cancellationToken).ConfigureAwait(false);
        View view = await look(
            content => new View(
                [.. held.Where(each => !content.Stands(each))],
                [.. content.Owners.All.Where(each => each != owner)]),
            cancellationToken).ConfigureAwait(false);
        StoredLease?[] others = await Task.WhenAll(view.Others.Select(ReadAsync))
            .ConfigureAwait(false);
        return new LeaseNews(
            [own, .. others.OfType<StoredLease>()],
            view.Lost);
    }

    public async Task<Guid?> ClaimAsync(
        PartitionEpoch claim, Guid? ended, CancellationToken cancellationToken)
    {
        object? standing = await change(
            new ClaimChange(claim.Table, claim.Partition, claim.Epoch, owner, ended),
            cancellationToken).ConfigureAwait(false);
        if (standing is Guid other) return other;

        if (ended is { } gone && gone != owner) await ForgetAsync(gone, cancellationToken)
            .ConfigureAwait(false);
        return null;
    }

    public Task ReleaseAsync(PartitionEpoch owned, CancellationToken cancellationToken)
        => change(new ReleaseChange(owner, owned), cancellationToken);

    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await change(new ReleaseChange(owner, null), cancellationToken).ConfigureAwait(false);
        await states.ClearAsync(StateKeys.Lease(owner)).ConfigureAwait(false);
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>
    /// A write without an answer may come later. It fails then, because the next one was read
    /// before; or it only counts once more.
    /// </summary>
    private async Task<StoredLease> CountAsync(
        TimeSpan duration, CancellationToken cancellationToken)
    {
        string key = StateKeys.Lease(owner);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isKnown) _own = await states.ReadAsync(key).ConfigureAwait(false);
            _isKnown = false;
            long counter = _own is null ? 1 : Read(_own.Content).Counter + 1;
            _own = await states.TryWriteAsync(key, Write(counter, duration), _own?.Version)
                .ConfigureAwait(false) ?? throw new StorageException(
                    $"State '{key}' of {states.Place} was written by another silo, or by a call "
                    + "whose answer was lost. It is written again.");
            _isKnown = true;
            return new StoredLease(owner, counter, duration);
        }
        catch (NoAnswerException lost)
        {
            throw lost.Reason;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Clears the lease of a silo that is gone, when it owns nothing any more.</summary>
    private async Task ForgetAsync(Guid gone, CancellationToken cancellationToken)
    {
        View view = await look(
            content => new View([], [.. content.Owners.All]), cancellationToken)
            .ConfigureAwait(false);
        if (!view.Others.Contains(gone))
            await states.ClearAsync(StateKeys.Lease(gone)).ConfigureAwait(false);
    }

    private async Task<StoredLease?> ReadAsync(Guid other)
    {
        KnownState? state = await states.ReadAsync(StateKeys.Lease(other)).ConfigureAwait(false);
        if (state is null) return null;
        (long counter, TimeSpan duration) = Read(state.Content);
        return new StoredLease(other, counter, duration);
    }

    private static byte[] Write(long counter, TimeSpan duration)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write7BitEncodedInt64(counter);
        writer.Write7BitEncodedInt64(duration.Ticks);
        return stream.ToArray();
    }

    private static (long Counter, TimeSpan Duration) Read(ReadOnlyMemory<byte> bytes)
    {
        using BinaryReader reader = BinaryLists.ReaderOf(bytes);
        return (
            reader.Read7BitEncodedInt64(),
            TimeSpan.FromTicks(reader.Read7BitEncodedInt64()));
    }

    /// <summary>What is read of the log.</summary>
    /// <param name="Lost">Partitions of this silo that have a newer owner number.</param>
    /// <param name="Others">Owners of partitions.</param>
    internal sealed record View(
        IReadOnlyList<PartitionEpoch> Lost, IReadOnlyList<Guid> Others);
}
