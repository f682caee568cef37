using Memento.Messages;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <content>Writes to partitions elsewhere that are kept back until the seal.</content>
internal sealed partial class TransactionState
{
    /// <summary>
    /// The most bytes of writes that are kept back, over all partitions. A write beyond them is
    /// sent, and its caller waits for the answer.
    /// </summary>
    public const int MaxKeptBytes = 65_536;

    // Most transactions have none.
    private KeptWrites? _kept;
    private volatile bool _hasGrainCalls;

    /// <summary>
    /// Whether its writes may be kept back: its body runs in this process, and each transactional
    /// grain call, which may read them elsewhere, is seen when it is made.
    /// </summary>
    public bool KeepsWritesBack { get; init; }

    /// <summary>
    /// Whether a write may be kept back now. Beside a running nested body, only the partition knows
    /// whether that body has written the record; and what grain calls of the transaction write, no
    /// other process knows.
    /// </summary>
    /// <param name="savepoint">The savepoint of the write; null: none.</param>
    public bool MayKeepBack(Savepoint? savepoint)
        => KeepsWritesBack && !_hasGrainCalls && _phase == TransactionPhase.Running
            && Savepoints?.AreAllAround(savepoint) != false;

    /// <summary>
    /// Takes bytes of those that may be kept back; false: there are not so many.
    /// </summary>
    public bool TryTakeKeptBytes(int bytes) => UseKept().TryTake(bytes);

    /// <summary>Gives back the bytes of writes that are not kept back any more.</summary>
    public void ReturnKeptBytes(int bytes) => UseKept().Return(bytes);

    /// <summary>
    /// A transactional grain call is about to leave: no write is kept back from now on, and those
    /// that were begin to leave too. Returns their partitions, also to later calls; the code that
    /// the call reaches waits there until they have arrived.
    /// </summary>
    public IReadOnlyList<(string Table, int Number)> BeginGrainCall()
    {
        if (!KeepsWritesBack) return [];

        List<RemoteParticipant> remote;
        KeptWrites kept = UseKept();
        lock (kept)
        {
            if (_hasGrainCalls) return kept.SentForCalls;

            _hasGrainCalls = true;
            remote = FindRemote().FindAll(static each => each.HasKept);
            kept.SentForCalls = [.. remote.Select(static each => (each.Table.Name, each.Number))];
        }

        if (remote.Count > 0)
        {
            kept.Sending =
                Task.WhenAll(remote.ConvertAll(static each => each.SendKeptAsync()));
        }

        return kept.SentForCalls;
    }

    /// <summary>
    /// For a body that has ended: waits for the answers of writes that were kept back and have left
    /// since. Does not fail: the transaction does.
    /// </summary>
    public ValueTask WhenKeptArrivedAsync()
        => Volatile.Read(ref _kept) is { } kept ? WhenArrivedAsync(kept) : default;

    /// <summary>
    /// For a transaction whose body runs in another process, which says what it had kept back when
    /// it made a call: before it uses one of these partitions, it waits there.
    /// </summary>
    public void Await(IReadOnlyList<(string Table, int Number)> partitions)
    {
        if (partitions.Count == 0) return;

        KeptWrites kept = UseKept();
        lock (kept)
        {
            kept.Arrivals ??= [];
            foreach ((string, int) each in partitions)
                kept.Arrivals.TryAdd(each, false);
        }
    }

    /// <summary>Waits until what the body had kept back has arrived in a partition.</summary>
    public ValueTask WhenArrivedAsync(
        TableDefinition table, int number, CancellationToken cancellationToken)
        => Volatile.Read(ref _kept) is { } kept
            ? WhenArrivedAsync(kept, table, number, cancellationToken)
            : default;

    /// <summary>
    /// A write that was kept back could not be carried out. Its caller has gone on, so that the
    /// whole transaction fails, unless it has ended before: its abort may have passed the write.
    /// </summary>
    public void FailKept(Exception error, TableDefinition table, Operation write)
    {
        if (_phase == TransactionPhase.Running)
            DoomWith(KeptWriteException.Of(ReasonOf(error, table, write) ?? error));
    }

    private async ValueTask WhenArrivedAsync(KeptWrites kept)
    {
        if (kept.Sending is { } sending) await sending.ConfigureAwait(false);
        foreach (RemoteParticipant each in FindRemote())
            await each.WhenKeptArrivedAsync().ConfigureAwait(false);
    }

    private async ValueTask WhenArrivedAsync(
        KeptWrites kept, TableDefinition table, int number, CancellationToken cancellationToken)
    {
        (string, int) partition = (table.Name, number);
        lock (kept)
        {
            if (kept.Arrivals?.GetValueOrDefault(partition, true) != false) return;
        }

        ThrowIfOver();
        Participant participant = await partitions
            .EnlistAsync(this, table, number, cancellationToken).ConfigureAwait(false);
        while (!await participant.WhenArrivedAsync(cancellationToken).ConfigureAwait(false))
            ThrowIfOver();

        lock (kept)
            kept.Arrivals[partition] = true;
    }

    private KeptWrites UseKept()
        => Volatile.Read(ref _kept)
            ?? Interlocked.CompareExchange(ref _kept, new KeptWrites(), null)
            ?? _kept;

    private List<RemoteParticipant> FindRemote()
    {
        List<RemoteParticipant> remote = [];
        lock (_gate)
        {
            foreach (Participant each in _participants)
            {
                if (each is RemoteParticipant one) remote.Add(one);
            }
        }

        return remote;
    }

    /// <summary>
    /// What of it was kept back; in a process without its body, what the body has said of that. It
    /// guards its lists.
    /// </summary>
    private sealed class KeptWrites
    {
        private int _bytes;
        private volatile Task? _sending;

        /// <summary>
        /// Ends when all has arrived that was kept back before the first grain call.
        /// </summary>
        public Task? Sending
        {
            get => _sending;
            set => _sending = value;
        }

        /// <summary>The partitions of that.</summary>
        public IReadOnlyList<(string Table, int Number)> SentForCalls { get; set; } = [];

        /// <summary>
        /// The partitions in which a process without the body waits before it uses them, and
        /// whether it has; null: none.
        /// </summary>
        public Dictionary<(string Table, int Number), bool>? Arrivals { get; set; }

        public bool TryTake(int bytes)
        {
            if (Interlocked.Add(ref _bytes, bytes) <= MaxKeptBytes) return true;

            Return(bytes);
            return false;
        }

        public void Return(int bytes) => Interlocked.Add(ref _bytes, -bytes);
    }
}
