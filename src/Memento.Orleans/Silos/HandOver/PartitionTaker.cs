using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Tables;
using Microsoft.Extensions.Logging;

namespace Memento.Silos.HandOver;

/// <summary>
/// Makes this silo the owner of a partition: all others give it up, and if one of them keeps the
/// records, this silo takes them.
/// </summary>
/// <remarks>
/// What must hold: before this silo serves the partition, each other silo that lives has closed it,
/// and has nothing left of it that a later owner could take for its newest records. A silo that
/// begins to open it ends that before it answers the next one that takes it: two that open it at
/// once would raise its owner number in turn, and so take the records from the one that has them.
/// </remarks>
internal sealed class PartitionTaker(
    IOtherSilos silos,
    PartitionDirectory partitions,
    PartitionGiver giver,
    ParkedPartitions parked,
    PartitionOwners owners,
    HybridClock clock,
    TimeProvider time,
    ILogger<PartitionTaker> logger)
{
    /// <summary>Takes a partition over, and opens it.</summary>
    /// <param name="table">The table.</param>
    /// <param name="number">The partition's number.</param>
    /// <param name="open">Makes the partition with what there is of it.</param>
    /// <exception cref="TransactionConflictException">
    /// This silo stops, or another one has taken the partition meanwhile.
    /// </exception>
    /// <exception cref="StorageException">A record cannot be read.</exception>
    public async Task<Partition> TakeAsync(
        TableDefinition table, int number, Func<TakenPartition, Task<Partition>> open)
    {
        if (!giver.TryBeginTaking()) throw PartitionGiver.Moved(table.Name, number);

        try
        {
            return await TakeBegunAsync(table, number, open).ConfigureAwait(false);
        }
        finally
        {
            giver.EndTaking();
        }
    }

    /// <summary>
    /// Learns of the owners of partitions that took them before this silo joined.
    /// </summary>
    public Task LearnOwnersAsync(CancellationToken cancellationToken)
        => Task.WhenAll(silos.Others.Select(async silo =>
        {
            KnownOwner[]? known = await UntilDeadAsync<KnownOwner[]>(
                silo,
                async () => await silos.FindOwnersAsync(silo).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
            owners.Learn(known ?? []);
        }));

    private async Task<Partition> TakeBegunAsync(
        TableDefinition table, int number, Func<TakenPartition, Task<Partition>> open)
    {
        // One that is just being closed here has its records still.
        if (partitions.Find(table.Name, number) is { } last)
            await giver.CloseAsync(last, PartitionGiver.Moved(table.Name, number))
                .ConfigureAwait(false);

        PartitionOwners.Ownership? before = owners.Begin(table.Name, number, silos.Here);
        List<Given> answers = await AskAllAsync(
            new GiveUpRequest(table.Name, number, silos.Here), before?.Last).ConfigureAwait(false);
        // What this silo commits comes after all that the owners before have committed.
        foreach (Given each in answers)
            clock.Observe(each.Answer?.Clock ?? 0);

        ParkedPartition? own = parked.Find(table.Name, number);

        // Another silo may have told of the last owner only now.
        SiloAddress? lastOwner = before?.Last ?? owners.FindLast(table.Name, number);
        SiloAddress? lost = FindLoss(
            answers, lastOwner, before?.LostWith, hasOwn: own is not null);
        Given best = answers.OrderBy(static each => each.Answer?.Tenure).LastOrDefault();
        bool isNowhere = own is null && best.Answer?.Tenure is null;
        owners.ShowFound(
            table.Name,
            number,
            silos.Here,
            isNowhere ? null : best.Silo,
            isNowhere ? lost : null);
        PartitionContent? content = own?.Content;
        long tenure = own?.Tenure ?? 0;
        DateTimeOffset? lostAt = own?.LostAt;
        if (best.Answer?.Tenure > tenure)
        {
            tenure = best.Answer.Tenure.Value;
            lostAt = best.Answer.LostAt;
            content = await FetchAsync(best.Silo, table, number, tenure).ConfigureAwait(false);
            if (content is null) lost = best.Silo;
        }

        // Opening it takes it from the silo that has it, where that is another one by now.
        if (owners.TryOpen(table.Name, number, silos.Here) is not { } opening)
            throw PartitionGiver.Moved(table.Name, number);

        try
        {
            Partition partition = await open(new TakenPartition(
                content,
                tenure + 1,
                lostAt,
                content is null ? lost : null,
                [.. OwnersBefore(answers, lastOwner)])).ConfigureAwait(false);
            if (!owners.IsOpening(table.Name, number, opening))
                throw PartitionGiver.Moved(table.Name, number);

            try
            {
                foreach (Given each in answers)
                {
                    if (each.Answer?.Tenure is not null
                        && !await TryReleaseAsync(each.Silo, table, number, tenure)
                            .ConfigureAwait(false))
                    {
                        throw PartitionGiver.Moved(table.Name, number);
                    }
                }

                parked.Take(table.Name, number);
                await AddAsync(partition).ConfigureAwait(false);
                owners.ShowFound(table.Name, number, silos.Here, silos.Here, lostWith: null);
                return partition;
            }
            catch when (content is not null)
            {
                // It may be nowhere else by now.
                parked.Add(new ParkedPartition(table, number, tenure, lostAt, content));
                throw;
            }
        }
        finally
        {
            opening.SetResult();
        }
    }

    /// <summary>
    /// Lets the partition be found here. The renewals of the lease close what they say is lost, but
    /// only where they find it.
    /// </summary>
    private async Task AddAsync(Partition partition)
    {
        partitions.Add(partition);
        if (!partition.IsLost) return;

        TransactionConflictException taken = LeaseErrors.Taken(
            partition.Table.Name, partition.Number);
        await giver.CloseAsync(partition, taken).ConfigureAwait(false);
        throw taken;
    }

    /// <summary>
    /// Asks all other silos to give a partition up, also those that joined so lately that this one
    /// hears of them by their ownership first.
    /// </summary>
    private async Task<List<Given>> AskAllAsync(GiveUpRequest request, SiloAddress? before)
    {
        List<Given> answers = [];
        while (true)
        {
            SiloAddress[] next =
                [.. silos.Others.Except(answers.Select(static each => each.Silo))];
            answers.AddRange(await Task.WhenAll(next.Select(silo => AskAsync(silo, request)))
                .ConfigureAwait(false));

            // One that this silo has heard of meanwhile was not asked either.
            if (OwnersBefore(answers, before).All(owner => owner.Equals(silos.Here)
                || silos.IsDead(owner)
                || answers.Exists(each => each.Silo.Equals(owner))))
            {
                return answers;
            }

            // Whoever is not known after that either ended long ago.
            await UntilLeavingAsync(silos.RefreshAsync(giver.Leaving)).ConfigureAwait(false);
            if (!silos.Others.Except(answers.Select(static each => each.Silo)).Any())
                return answers;
        }
    }

    /// <summary>
    /// The silo with which the records in ram were lost, if nobody has them: it has ended, or it
    /// had to drop them. Null: nobody had any.
    /// </summary>
    private SiloAddress? FindLoss(
        List<Given> answers, SiloAddress? before, SiloAddress? lostWith, bool hasOwn)
    {
        if (OwnersBefore(answers, before).FirstOrDefault(HasEnded) is { } ended) return ended;
        if (lostWith is not null) return lostWith;
        if (!hasOwn && silos.Here.Equals(before)) return silos.Here;
        return answers.Select(static each => each.Answer?.LostWith)
            .FirstOrDefault(static each => each is not null);
    }

    private static IEnumerable<SiloAddress> OwnersBefore(
        IEnumerable<Given> answers, SiloAddress? before)
        => answers.Select(static each => each.Answer?.LastOwner).Prepend(before)
            .OfType<SiloAddress>();

    /// <summary>Whether a silo that had partitions is neither this one nor one that may.</summary>
    private bool HasEnded(SiloAddress owner)
        => !owner.Equals(silos.Here) && !silos.Others.Contains(owner);

    /// <summary>Asks a silo to give a partition up; no answer: it is dead.</summary>
    private async Task<Given> AskAsync(SiloAddress silo, GiveUpRequest request)
        => new(
            silo,
            await UntilDeadAsync<GiveUpAnswer>(
                silo, async () => await silos.GiveUpAsync(silo, request).ConfigureAwait(false))
                .ConfigureAwait(false));

    private async Task<PartitionContent?> FetchAsync(
        SiloAddress silo, TableDefinition table, int number, long tenure)
    {
        var content = new PartitionContent(table);
        HandedPlace? after = null;
        while (true)
        {
            var request = new FetchRequest(table.Name, number, tenure, after);
            FetchAnswer? answer = await UntilDeadAsync(
                silo, () => silos.FetchAsync(silo, request)).ConfigureAwait(false);
            if (answer is null) return null;

            foreach (HandedRow row in answer.Rows)
                Load(content, table, number, row);
            if (answer.IsLast) return content;

            after = answer.Rows[^1].Place;
        }
    }

    private static void Load(
        PartitionContent content, TableDefinition table, int number, HandedRow row)
    {
        try
        {
            HandedContent.Load(content, table, row);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The record's own constructor, accessors and converters may throw anything.
            throw new StorageException(
                $"A record of partition {number} of table '{table.Name}' came from the silo that "
                + $"had it, and cannot be read: {exception.Message} The silo keeps the records; "
                + "mend the record type in the silos that run.",
                exception);
        }
    }

    /// <summary>Lets a silo drop what it keeps; one that is dead has nothing to drop.</summary>
    private async Task<bool> TryReleaseAsync(
        SiloAddress silo, TableDefinition table, int number, long tenure)
    {
        var request = new ReleaseRequest(table.Name, number, silos.Here, tenure);
        SiloAddress? refused = null;
        await UntilDeadAsync<SiloAddress>(silo, async () =>
        {
            refused = await silos.ReleaseAsync(silo, request).ConfigureAwait(false) ? null : silo;
            return silo;
        }).ConfigureAwait(false);
        return refused is null;
    }

    /// <summary>
    /// Calls a silo until it answers; null: it is dead. One that is only silent may still serve the
    /// partition, so there is nothing to do but to wait for the membership's verdict.
    /// </summary>
    private async Task<T?> UntilDeadAsync<T>(
        SiloAddress silo, Func<Task<T?>> call, CancellationToken? until = null)
        where T : class
    {
        CancellationToken ending = until ?? giver.Leaving;
        for (TimeSpan pause = BackOff.First; ; pause = BackOff.After(pause))
        {
            if (silos.IsDead(silo)) return null;
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                HandOverLog.NoAnswer(logger, exception, silo);
            }

            await UntilLeavingAsync(Task.Delay(pause, time, ending)).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for what ends when this silo stops.</summary>
    private static async Task UntilLeavingAsync(Task wait)
    {
        try
        {
            await wait.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new TransactionConflictException(
                "The silo stops, and takes over no partitions any more. The transaction is run "
                + "again while attempts and time are left.");
        }
    }

    private readonly record struct Given(SiloAddress Silo, GiveUpAnswer? Answer);
}

/// <summary>What a new owner of a partition has got.</summary>
/// <param name="Content">The records of the owner before; null: there were none to take.</param>
/// <param name="Tenure">The number of the ownership.</param>
/// <param name="LostAt">When an owner before began empty after a loss; null: never.</param>
/// <param name="LostWith">
/// The dead silo that the records, if the table is in ram, were lost with; null: nothing was lost.
/// </param>
/// <param name="OwnersBefore">The silos that may have had it last before.</param>
internal sealed record TakenPartition(
    PartitionContent? Content,
    long Tenure,
    DateTimeOffset? LostAt,
    SiloAddress? LostWith,
    SiloAddress[] OwnersBefore);
