using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Memento.Journaling;
using Memento.Storage;
using Memento.Tables;
using Orleans.Transactions;

namespace Memento.Commit.Mixed;

/// <summary>
/// The decisions that participants of others wait for, in the durable storage: each is kept from
/// the batch of its commit on until every one of them has answered, however long that takes.
/// </summary>
internal sealed class Decisions(
    DurableStorage storage,
    Journal journal,
    IDecisionTable table,
    IMembers members,
    IGrainFactory grains)
{
    /// <summary>How many decisions that everybody knows leave with one batch.</summary>
    private const int MostDone = 64;

    /// <summary>They are few, and those of all silos are read together.</summary>
    private const int Partition = 0;

    private readonly ConcurrentQueue<Guid> _done = new();

    /// <summary>Whether there is a storage that keeps them.</summary>
    public bool AreKept => storage.Journal is not null;

    /// <summary>Whether some were kept at some time, by any silo.</summary>
    public bool MayExist => table.Exists;

    /// <summary>Makes what has to be written with a commit.</summary>
    /// <exception cref="StorageException">The storage refused.</exception>
    public async Task<KeptDecision> MakeAsync(
        Guid id, DateTime timeStamp, IEnumerable<ParticipantId> writers)
    {
        await table.EnsureAsync().ConfigureAwait(false);
        var row = new RowWrite(
            StorageNames.Decisions, Partition, id.ToByteArray(), Write(id, timeStamp, writers));
        return new KeptDecision(row, TakeDone(MostDone));
    }

    /// <summary>Everybody knows it: it is deleted with one of the next batches.</summary>
    public void AddDone(Guid id) => _done.Enqueue(id);

    /// <summary>Deletes those that everybody knows.</summary>
    /// <exception cref="MementoException">Nothing was deleted; it is tried again later.</exception>
    public async Task DeleteDoneAsync()
    {
        List<RowWrite> done = TakeDone(int.MaxValue);
        if (done.Count == 0) return;

        var pending = new PendingCommit(
            new JournalEntry { TransactionId = Guid.NewGuid(), Writes = done, Epochs = [] }, []);
        if (!journal.TryAppend(pending, journal.Generation))
        {
            throw new StorageException(
                "The durable storage has failed a batch; it is tried again.");
        }

        await pending.Durable.ConfigureAwait(false);
    }

    /// <summary>All that are kept, of all silos.</summary>
    /// <exception cref="StorageException">
    /// The storage refused, or one of them cannot be read.
    /// </exception>
    public async Task<List<StandingDecision>> LoadAsync()
    {
        // Also of a silo that has just joined, and does not know yet that there is one.
        await table.EnsureAsync().ConfigureAwait(false);
        List<StandingDecision> all = [];
        await foreach (StoredRow row in storage.Journal!
            .LoadAsync(StorageNames.Decisions, Partition, CancellationToken.None)
            .ConfigureAwait(false))
        {
            all.Add(Read(row));
        }

        return all;
    }

    private List<RowWrite> TakeDone(int most)
    {
        List<RowWrite> taken = [];
        while (taken.Count < most && _done.TryDequeue(out Guid id))
        {
            taken.Add(new RowWrite(
                StorageNames.Decisions, Partition, id.ToByteArray(), Document: null));
        }

        return taken;
    }

    private byte[] Write(Guid id, DateTime timeStamp, IEnumerable<ParticipantId> writers)
        => JsonSerializer.SerializeToUtf8Bytes(new StoredDecision(
            id,
            timeStamp.Ticks,
            members.Here.ToParsableString(),
            [
                .. writers.Select(static each => new StoredWriter(
                    each.Reference.GrainId.ToString(), each.Name)),
            ]));

    private StandingDecision Read(StoredRow row)
    {
        try
        {
            StoredDecision stored = JsonSerializer.Deserialize<StoredDecision>(row.Document)!;
            return new StandingDecision(
                stored.Transaction,
                new DateTime(stored.Time, DateTimeKind.Utc),
                SiloAddress.FromParsableString(stored.Silo),
                [
                    .. stored.Writers.Select(each => new ParticipantId(
                        each.Name,
                        (GrainReference)grains.GetGrain(GrainId.Parse(
                            each.Grain, CultureInfo.InvariantCulture)),
                        ParticipantId.Role.Resource)),
                ]);
        }
        catch (Exception exception) when (exception is JsonException or FormatException
            or ArgumentException or NullReferenceException)
        {
            throw new StorageException(
                $"A row of '{StorageNames.Decisions}' with the key bytes "
                + $"{Convert.ToHexString(row.Key)} cannot be read: {exception.Message} It was "
                + "changed outside Memento: correct it. Participants of its transaction wait for "
                + "it.",
                exception);
        }
    }

    private sealed record StoredDecision(
        Guid Transaction, long Time, string Silo, IReadOnlyList<StoredWriter> Writers);

    private sealed record StoredWriter(string Grain, string Name);
}

/// <summary>A decision that the storage keeps: the transaction is committed.</summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="TimeStamp">The time by which the participants know it.</param>
/// <param name="Silo">The silo that has decided.</param>
/// <param name="Writers">Those that may not have answered yet.</param>
internal sealed record StandingDecision(
    Guid TransactionId, DateTime TimeStamp, SiloAddress Silo, IReadOnlyList<ParticipantId> Writers);
