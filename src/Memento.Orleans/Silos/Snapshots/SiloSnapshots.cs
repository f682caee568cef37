using Memento.Catalog;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Snapshots;
using Memento.Tables;

namespace Memento.Silos.Snapshots;

/// <summary>Takes snapshots in a silo, and reads them, wherever the partitions are.</summary>
internal sealed class SiloSnapshots(
    SiloCuts cuts,
    CutRound round,
    ICutSilos silos,
    PartitionGrains grains,
    CatalogCopy catalog,
    KnownTables known,
    TimeProvider time) : ISnapshots
{
    /// <summary>How long a partition is opened whose silo does not answer.</summary>
    private static readonly TimeSpan LongestOpening = TimeSpan.FromSeconds(10);

    private readonly SharedTaking<TakenCut> _taking = new(round.TakeAsync, round.Leave, time);

    public async ValueTask<IOpenSnapshot> TakeAsync(
        TimeSpan maxAge, CancellationToken cancellationToken)
        => await OpenAsync(maxAge, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="TakeAsync"/>
    public async ValueTask<SiloSnapshot> OpenAsync(
        TimeSpan maxAge, CancellationToken cancellationToken)
    {
        // A client may ask a silo that does not know yet which tables there are.
        await known.WaitAsync().WaitAsync(cancellationToken).ConfigureAwait(false);

        // Before the cut: of a table that is made meanwhile it would not show all.
        CatalogImage? image = catalog.Image;
        if (silos.OthersNow.Length == 0)
        {
            SiloAddress[] dead = silos.DeadNow;
            SnapshotPart part = await cuts.TakeAsync(maxAge, cancellationToken)
                .ConfigureAwait(false);

            // One that came meanwhile may have committed before the cut.
            if (silos.OthersNow.Length == 0)
            {
                return new SiloSnapshot(
                    this, new TakenCut(part, [silos.Here], dead, readers: 1), image, maxAge);
            }

            cuts.End(part.Id, SnapshotEnds.Body);
        }

        TakenCut taken = await _taking.TakeAsync(maxAge, cancellationToken).ConfigureAwait(false);
        return new SiloSnapshot(this, taken, image, maxAge);
    }

    /// <summary>A body has ended.</summary>
    public void Leave(TakenCut taken) => round.Leave(taken);

    /// <summary>Reads a partition as a snapshot shows it.</summary>
    public ValueTask<TResult> ReadAsync<TResult>(
        SiloSnapshot snapshot,
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        CancellationToken cancellationToken)
    {
        SnapshotPart part = snapshot.Cut.Part;
        part.ThrowIfEnded();
        Require(table, snapshot);
        if (cuts.Find(part, table.Name, number) is not { } here
            || (!here.WasHere(part.Cut)
                && (snapshot.Cut.Silos.Length > 1 || !snapshot.Cut.KnowsAll(here.OwnersBefore))))
        {
            return new(FindAndReadAsync(snapshot, table, number, operation, cancellationToken));
        }

        TResult result = cuts.Read(part, here, operation);
        if (!here.WasHere(part.Cut)) Require(table, snapshot);
        return new(result);
    }

    /// <remarks>
    /// Before a read, and also after it where a partition came later than the cut: it may be one of
    /// another table by then.
    /// </remarks>
    /// <exception cref="TableNotFoundException">
    /// It was deleted since the snapshot was taken, or made.
    /// </exception>
    private void Require(TableDefinition table, SiloSnapshot snapshot)
    {
        if (!catalog.HasStill(table.Name, snapshot.Catalog))
            throw new TableNotFoundException(SnapshotEnds.OtherTable(table.Name));
    }

    /// <summary>How long ago a snapshot was taken.</summary>
    public TimeSpan AgeOf(SnapshotPart part) => time.GetElapsedTime(part.TakenAt);

    private async Task<TResult> FindAndReadAsync<TResult>(
        SiloSnapshot snapshot,
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        CancellationToken cancellationToken)
    {
        TResult result = await FindAndReadUncheckedAsync(
            snapshot, table, number, operation, cancellationToken).ConfigureAwait(false);
        Require(table, snapshot);
        return result;
    }

    private async Task<TResult> FindAndReadUncheckedAsync<TResult>(
        SiloSnapshot snapshot,
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        CancellationToken cancellationToken)
    {
        SiloAddress owner = await snapshot.FindAsync(table, number, cancellationToken)
            .ConfigureAwait(false);
        SnapshotPart part = snapshot.Cut.Part;
        if (owner.Equals(silos.Here))
        {
            return cuts.Find(part, table.Name, number) is { } here
                ? cuts.Read(part, here, operation)
                : throw new SnapshotEndedException(SnapshotEnds.Moved(table.Name, number));
        }

        SnapshotAnswer answer = await AskAsync(
            owner,
            new SnapshotRead
            {
                Snapshot = part.Id,
                Table = table.Name,
                Number = number,
                Operation = operation,
                Registration = table.Registration,
            },
            cancellationToken).ConfigureAwait(false);
        return answer.Answer is { } read
            ? operation.Codec.Decode(table, read)
            : throw new SnapshotEndedException(SnapshotEnds.Moved(table.Name, number));
    }

    /// <summary>
    /// Finds the silo whose partition a snapshot shows: the one that had it at the cut, or else the
    /// one that had it first afterwards.
    /// </summary>
    /// <exception cref="SnapshotEndedException">
    /// It was in no silo at the cut, and one that has joined since may have changed it.
    /// </exception>
    public async Task<SiloAddress> FindAsync(
        TakenCut taken, TableDefinition table, int number, CancellationToken cancellationToken)
    {
        if (await FindKnownAsync(taken, table, number, cancellationToken).ConfigureAwait(false)
            is { } known)
        {
            return known;
        }

        // It is nowhere: whoever opens it has what there was at the cut.
        OpenResponse opened = await OpenAsync(table, number, cancellationToken)
            .ConfigureAwait(false);
        if (opened.Error is not null) throw opened.Error;

        return await FindKnownAsync(taken, table, number, cancellationToken).ConfigureAwait(false)
            ?? throw new SnapshotEndedException(SnapshotEnds.Moved(table.Name, number));
    }

    /// <summary>
    /// Opens a partition. Where its silo is just dying, it is opened in another one soon.
    /// </summary>
    private async Task<OpenResponse> OpenAsync(
        TableDefinition table, int number, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        for (TimeSpan pause = BackOff.First; ; pause = BackOff.After(pause))
        {
            try
            {
                return await grains.Of(table, number).OpenAsync(time, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (Exception exception) when (
                StoreLifetime.IsUnreachable(exception, cancellationToken))
            {
                if (time.GetElapsedTime(began) >= LongestOpening)
                {
                    throw new SnapshotEndedException(
                        $"Partition {number} of table '{table.Name}' could not be opened, because "
                        + $"its silo did not answer: {exception.Message} Take another snapshot.",
                        exception);
                }
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<SiloAddress?> FindKnownAsync(
        TakenCut taken, TableDefinition table, int number, CancellationToken cancellationToken)
    {
        SiloAddress? best = null;
        SiloAddress[] before = [];
        long least = long.MaxValue;
        SiloAddress? atCut = null;
        long latest = -1;
        var request = new SnapshotRead
        {
            Snapshot = taken.Part.Id,
            Table = table.Name,
            Number = number,
            Registration = table.Registration,
        };
        SnapshotAnswer[] answers = await Task.WhenAll(taken.Silos.Select(silo =>
            AskAsync(silo, request, cancellationToken))).ConfigureAwait(false);
        for (int i = 0; i < answers.Length; i++)
        {
            SnapshotAnswer each = answers[i];
            if (each.WasThere && each.Ownership > latest)
                (atCut, latest) = (taken.Silos[i], each.Ownership);
            if (!each.WasThere && each.Ownership > 0 && each.Ownership < least)
                (best, least, before) = (taken.Silos[i], each.Ownership, each.OwnersBefore);
        }

        if (atCut is null && !taken.KnowsAll(before))
            throw new SnapshotEndedException(SnapshotEnds.Moved(table.Name, number));
        return atCut ?? best;
    }

    private async Task<SnapshotAnswer> AskAsync(
        SiloAddress silo, SnapshotRead request, CancellationToken cancellationToken)
    {
        SnapshotAnswer answer;
        try
        {
            answer = silo.Equals(silos.Here)
                ? await cuts.ReadAsync(request).ConfigureAwait(false)
                : await silos.ReadSnapshotAsync(silo, request).WaitAsync(cancellationToken)
                    .ConfigureAwait(false);
        }
        catch (Exception exception) when (
            StoreLifetime.IsUnreachable(exception, cancellationToken))
        {
            throw new SnapshotEndedException(SnapshotEnds.Gone(silo), exception);
        }

        return answer.Error is { } error ? throw error : answer;
    }
}
