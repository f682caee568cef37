namespace Memento.LogStorage;

/// <summary>
/// Writes what the log has said since the last checkpoint into runs, and then moves the root, so
/// that the log before it can be cleared. Appending goes on beside it.
/// </summary>
/// <remarks>
/// A partition gets a new run of its new rows. If the runs before it are not much larger, they are
/// merged into it. So each row is written again only as often as the partition has doubled, and a
/// partition has few runs to read.
///
/// The numbers of the runs are taken in the root before anything is written. So if the silo dies in
/// between, the next checkpoint knows what may have been left.
/// </remarks>
internal sealed class LogCheckpoint(
    StateStore states, LogAppender appender, LogCleaner cleaner, int maxStateBytes) : IDisposable
{
    /// <summary>A run that is less than so many times larger than the new one is merged.</summary>
    private const int MergeBelow = 2;

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Makes a checkpoint, after the one that this silo makes already.</summary>
    /// <returns>False if another silo made one at the same time.</returns>
    /// <exception cref="StorageException">It failed; the log is as it was.</exception>
    public async Task<bool> MakeAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await MakeAloneAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<bool> MakeAloneAsync(CancellationToken cancellationToken)
    {
        // The first attempt fails where another silo has replaced the root since this one read it.
        Begun? begun = await appender.UseAsync(BeginAsync, cancellationToken).ConfigureAwait(false)
            ?? await appender.UseAsync(BeginAsync, cancellationToken).ConfigureAwait(false);
        if (begun is null) return false;

        try
        {
            Written written = await WriteAsync(begun, cancellationToken).ConfigureAwait(false);
            return await appender.UseAsync(log => EndAsync(log, begun, written), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (MissingPieceException missing)
        {
            bool isOurs = await appender.UseAsync(
                log => AbandonAsync(log, begun), CancellationToken.None).ConfigureAwait(false);

            // Another silo has made one, and cleared the runs that this one merges.
            return isOurs ? throw missing.Reason : false;
        }
        catch (Exception failure)
        {
            await appender.UseAsync(
                log =>
                {
                    begun.Content.Thaw();
                    return Task.FromResult(true);
                },
                CancellationToken.None).ConfigureAwait(false);
            if (failure is NoAnswerException lost) throw lost.Reason;
            throw;
        }
    }

    /// <summary>Ends a checkpoint that failed; whether its numbers are still taken.</summary>
    private async Task<bool> AbandonAsync(SharedLog log, Begun begun)
    {
        begun.Content.Thaw();
        await log.CatchUpAsync().ConfigureAwait(false);
        if (log.Root == begun.Reserved) return true;

        // The other silo clears its runs too, but perhaps before they were written.
        HashSet<long> used =
            [.. log.Image.Runs.Values.SelectMany(static runs => runs).Select(static run => run.Id)];
        if (log.Root.Image is { } current) used.Add(current.Id);
        List<Waste> waste = [];
        for (long run = begun.Root.NextRun; run < begun.Reserved.NextRun; run++)
        {
            if (!used.Contains(run)) waste.Add(new Waste(run, Pieces: null));
        }

        cleaner.Clear(LogRoot.Empty, LogImage.Empty with { Waste = waste });
        return false;
    }

    private static async Task<Begun?> BeginAsync(SharedLog log)
    {
        await log.SettleAsync().ConfigureAwait(false);
        LogRoot root = log.Root;
        LogContent content = log.Content;
        LogFreeze freeze = content.Freeze();
        try
        {
            int runs = freeze.Rows.Count + 1;
            LogRoot reserved = root with
            {
                NextRun = root.NextRun + runs,
                Writing = root.Writing + runs,
            };
            if (await log.TryReplaceRootAsync(reserved).ConfigureAwait(false))
            {
                // What a checkpoint before this one left half written.
                IEnumerable<Waste> left = Enumerable.Range(1, root.Writing)
                    .Select(back => new Waste(root.NextRun - back, Pieces: null));
                return new Begun(
                    freeze, content, root, reserved, log.Bytes, [.. log.Image.Waste, .. left]);
            }

            content.Thaw();
            await log.CatchUpAsync().ConfigureAwait(false);
            return null;
        }
        catch
        {
            content.Thaw();
            throw;
        }
    }

    private async Task<Written> WriteAsync(Begun begun, CancellationToken cancellationToken)
    {
        LogFreeze freeze = begun.Freeze;
        long nextRun = begun.Root.NextRun;
        Dictionary<RowsId, IReadOnlyList<Run>> written = [];
        List<Run> replaced = [.. freeze.Obsolete];
        if (begun.Root.Image is not null) replaced.Add(begun.Root.Image);
        foreach ((RowsId id, RowOverlay rows) in freeze.Rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            IReadOnlyList<Run> before = freeze.Image.Runs.GetValueOrDefault(id) ?? [];
            int kept = before.Count;
            long size = rows.Bytes;
            while (kept > 0 && before[kept - 1].Bytes < MergeBelow * size)
                size += before[--kept].Bytes;

            Run run = await WriteRunAsync(
                nextRun++, [.. before.Skip(kept)], rows, isWhole: kept == 0, cancellationToken)
                .ConfigureAwait(false);
            written[id] = [.. before.Take(kept), run];
            replaced.AddRange(before.Skip(kept));
        }

        Dictionary<RowsId, IReadOnlyList<Run>> runs = new(freeze.Image.Runs);
        foreach ((RowsId id, IReadOnlyList<Run> each) in written)
            runs[id] = each;
        LogImage image = freeze.Image with
        {
            Runs = runs,
            Waste =
            [
                .. cleaner.Remaining(begun.Waste),
                .. replaced.Select(static run => new Waste(run.Id, run.Pieces)),
            ],
        };
        var writer = new RunWriter(states, nextRun, maxStateBytes);
        await writer.AddAsync(image.Write()).ConfigureAwait(false);
        Run imageRun = await writer.EndAsync(image.Position).ConfigureAwait(false);
        return new Written(imageRun, image, written);
    }

    private async Task<Run> WriteRunAsync(
        long id,
        IReadOnlyList<Run> older,
        RowOverlay rows,
        bool isWhole,
        CancellationToken cancellationToken)
    {
        var writer = new RunWriter(states, id, maxStateBytes);
        await foreach (LogRow row in RowMerge.ReadAsync(
            states, older, RowOverlay.Sort(rows.Copy()), cancellationToken)
            .ConfigureAwait(false))
        {
            // A removal has nothing to remove where there are no older runs.
            if (row.Document is not null || !isWhole)
                await writer.AddAsync(row).ConfigureAwait(false);
        }

        return await writer.EndAsync(older.Select(static run => run.Last).Append(rows.Last).Max())
            .ConfigureAwait(false);
    }

    private async Task<bool> EndAsync(SharedLog log, Begun begun, Written written)
    {
        LogImage image = written.Image;

        // Another silo may have begun one since, or ended it: then its states count.
        bool isOurs = log.Root == begun.Reserved
            && await log.TryReplaceRootAsync(begun.Reserved with
            {
                Position = image.Position,
                Cleared = Math.Max(cleaner.Cleared, begun.Reserved.Cleared),
                Image = written.Run,
                Writing = 0,
            }).ConfigureAwait(false);
        if (!isOurs)
        {
            await AbandonAsync(log, begun).ConfigureAwait(false);
            return false;
        }

        log.Content.Install(written.Runs, begun.Freeze.Obsolete);
        log.Install(image, begun.LogBytes);
        cleaner.Clear(begun.Root, image);
        return true;
    }

    /// <summary>A checkpoint whose numbers are taken.</summary>
    private sealed record Begun(
        LogFreeze Freeze,
        LogContent Content,
        LogRoot Root,
        LogRoot Reserved,
        long LogBytes,
        IReadOnlyList<Waste> Waste);

    /// <summary>A checkpoint whose runs are written.</summary>
    private sealed record Written(
        Run Run,
        LogImage Image,
        IReadOnlyDictionary<RowsId, IReadOnlyList<Run>> Runs);
}
