using System.Diagnostics;
using Memento.Invariants;
using Memento.Storage;

namespace Memento.LogStorage;

/// <summary>
/// What the log says up to a place in it: tables, owners, notes, outcomes, and the rows since the
/// last checkpoint. A pure state machine: the same groups in the same order give the same content,
/// on appending and on every replay.
/// </summary>
internal sealed class LogContent
{
    /// <summary>The number of the rows that are outcomes; tables have higher numbers.</summary>
    private const long OutcomeTable = 0;

    /// <summary>How many writers are remembered: those that have appended last.</summary>
    public const int MostWriters = 1_000;

    private readonly Dictionary<string, long> _tables;
    private readonly Dictionary<(string Table, int Partition), long> _epochs;
    private readonly LogOwners _owners;
    private readonly Dictionary<string, byte[]> _notes;
    private readonly Dictionary<RowsId, IReadOnlyList<Run>> _runs;
    private readonly Dictionary<Guid, WriterMark> _writers;
    private readonly List<Run> _obsolete = [];
    private readonly OutcomeSlices _outcomes = new();
    private Dictionary<RowsId, RowOverlay> _newest = [];
    private Dictionary<RowsId, RowOverlay>? _frozen;
    private long _lastTable;
    private long _runBytes;

    public LogContent(LogImage image)
    {
        Position = image.Position;
        At = image.At;
        _lastTable = image.LastTable;
        _tables = new(image.Tables, StringComparer.Ordinal);
        _epochs = new(image.Epochs);
        _owners = new(image.Owners);
        _notes = new(image.Notes, StringComparer.Ordinal);
        _runs = new(image.Runs);
        _writers = new(image.Writers);
        CountRuns();
    }

    /// <summary>The number of the last state of the log that is in the content.</summary>
    public long Position { get; private set; }

    /// <summary>The time of the log: that of its last group, or later.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>The bytes of all runs. Any thread may ask.</summary>
    public long RunBytes => Volatile.Read(ref _runBytes);

    /// <summary>The runs of outcomes, which are read when the log is opened.</summary>
    public IEnumerable<(int Slice, IReadOnlyList<Run> Runs)> OutcomeRuns
        => _runs.Where(static each => each.Key.Table == OutcomeTable)
            .Select(static each => (each.Key.Partition, each.Value));

    /// <summary>How far the log has come with a writer.</summary>
    public WriterMark MarkOf(Guid writer) => _writers.GetValueOrDefault(writer);

    /// <summary>The silos that own partitions.</summary>
    public LogOwners Owners => _owners;

    /// <summary>Whether an owner number is the newest one.</summary>
    public bool Stands(PartitionEpoch owned)
        => _epochs.GetValueOrDefault((owned.Table, owned.Partition)) == owned.Epoch;

    public byte[]? Note(string name) => _notes.GetValueOrDefault(name);

    /// <summary>The outcomes that a checkpoint has kept.</summary>
    public void Recall(int slice, LogRow row)
    {
        if (row.Document is { } outcome)
            _outcomes.Add(slice, new Guid(row.Key), (TransactionOutcome)outcome[0]);
    }

    /// <summary>The rows of a partition at this moment; null if there is no such table.</summary>
    public PartitionRows? Look(string table, int partition)
    {
        if (!_tables.TryGetValue(table, out long number)) return null;

        var id = new RowsId(number, partition);
        IReadOnlyList<Run> runs = _runs.GetValueOrDefault(id) ?? [];
        long last = runs.Select(static run => run.Last).DefaultIfEmpty().Max();
        List<LogRow[]> overlays = [];
        Add(_frozen);
        Add(_newest);
        return new PartitionRows(id, runs, overlays, last);

        void Add(Dictionary<RowsId, RowOverlay>? newer)
        {
            if (newer is null || !newer.TryGetValue(id, out RowOverlay? overlay)) return;
            overlays.Add(overlay.Copy());
            last = Math.Max(last, overlay.Last);
        }
    }

    /// <summary>
    /// Why a change cannot be kept at this place of the log; null if it can. Only a batch may be
    /// refused.
    /// </summary>
    public Exception? Refusal(LogChange change)
    {
        if (change is not BatchChange { Batch: var batch }) return null;

        HashSet<Guid> decided = [];
        foreach (JournalEntry entry in batch.Entries)
        {
            foreach (PartitionEpoch each in entry.Epochs)
            {
                if (!Stands(each)) return new FencedException(each.Table, each.Partition);
            }

            if (!entry.KeepsOutcome) continue;
            if (_outcomes.Find(entry.TransactionId, At) is { } outcome)
                return new OutcomeDecidedException(entry.TransactionId, outcome);
            if (!decided.Add(entry.TransactionId))
            {
                return new OutcomeDecidedException(
                    entry.TransactionId, TransactionOutcome.Committed);
            }
        }

        return batch.Entries.Select(RefusalOfTables)
            .FirstOrDefault(static each => each is not null);
    }

    /// <summary>Applies a group, and gives the result of each of its changes.</summary>
    /// <param name="group">The group.</param>
    /// <param name="position">The number of its last state.</param>
    public object?[] Apply(LogGroup group, long position)
    {
        Position = position;
        if (group.At > At) At = group.At;
        var results = new object?[group.Changes.Count];
        long batch = MarkOf(group.Writer).Batch;
        for (int index = 0; index < results.Length; index++)
        {
            results[index] = Apply(group.Changes[index]);
            if (results[index] is null && group.Changes[index] is BatchChange kept)
                batch = kept.Batch.FirstPosition;
        }

        _writers[group.Writer] = new WriterMark(group.Number, batch, position);
        return results;
    }

    /// <summary>
    /// Begins a checkpoint: the rows until now are set aside, and stay visible.
    /// </summary>
    /// <returns>What the checkpoint has to write.</returns>
    public LogFreeze Freeze()
    {
        Invariant.Holds(_frozen is null, "one checkpoint is made at a time");
        _outcomes.Prune(At);
        foreach (RowsId slice in _runs.Keys.Concat(_newest.Keys).Where(IsOver).ToArray())
            Forget(slice);
        foreach (Guid writer in _writers.OrderByDescending(static each => each.Value.Position)
            .Skip(MostWriters).Select(static each => each.Key).ToArray())
        {
            _writers.Remove(writer);
        }

        _frozen = _newest;
        _newest = [];
        return new LogFreeze(
            new LogImage(
                Position, At, _lastTable, new(_tables), new(_epochs), new(_notes), new(_runs),
                new(_writers), [], _owners.Copy()),
            _frozen,
            [.. _obsolete]);
    }

    /// <summary>Ends a checkpoint that failed: everything is as before it.</summary>
    public void Thaw()
    {
        if (_frozen is null) return;
        foreach ((RowsId id, RowOverlay overlay) in _frozen)
        {
            if (_newest.TryGetValue(id, out RowOverlay? newer))
                newer.Under(overlay);
            else if (IsVisible(id))
                _newest.Add(id, overlay);
        }

        _frozen = null;
    }

    /// <summary>Ends a checkpoint that is durable.</summary>
    /// <param name="written">The new runs of what was set aside.</param>
    /// <param name="gone">The obsolete runs that are recorded as such now.</param>
    public void Install(
        IReadOnlyDictionary<RowsId, IReadOnlyList<Run>> written, IReadOnlyList<Run> gone)
    {
        _frozen = null;
        _obsolete.RemoveAll(gone.Contains);
        ShowRuns(written);
    }

    /// <summary>
    /// Takes over a checkpoint of another silo, which has nothing that this content does not have.
    /// </summary>
    public void TakeOver(LogImage image)
    {
        Invariant.Holds(image.Position <= Position, "a checkpoint is taken over from behind it");
        _newest = Behind(_newest, image.Position);

        // A checkpoint of this silo that is being made reads its own overlays.
        if (_frozen is not null) _frozen = Behind(_frozen, image.Position);
        _runs.Clear();
        _obsolete.Clear();
        ShowRuns(image.Runs);
    }

    private static Dictionary<RowsId, RowOverlay> Behind(
        Dictionary<RowsId, RowOverlay> overlays, long position)
        => overlays.Select(each => (each.Key, Value: each.Value.Behind(position)))
            .Where(static each => each.Value is not null)
            .ToDictionary(static each => each.Key, static each => each.Value!);

    private void ShowRuns(IReadOnlyDictionary<RowsId, IReadOnlyList<Run>> shown)
    {
        foreach ((RowsId id, IReadOnlyList<Run> runs) in shown)
        {
            // A table that was emptied or dropped in the meantime has left its new runs to nobody.
            if (IsVisible(id))
                _runs[id] = runs;
            else
                _obsolete.AddRange(runs);
        }

        CountRuns();
    }

    private void CountRuns() => Volatile.Write(
        ref _runBytes, _runs.Values.Sum(static runs => runs.Sum(static run => run.Bytes)));

    private bool IsOver(RowsId id)
        => id.Table == OutcomeTable && OutcomeSlices.IsOver(id.Partition, At);

    private bool IsVisible(RowsId id)
        => id.Table == OutcomeTable || _tables.ContainsValue(id.Table);

    private EntryRefusedException? RefusalOfTables(JournalEntry entry)
    {
        string? missing = entry.Clears.Concat(entry.Writes.Select(static row => row.Table))
            .FirstOrDefault(table => !_tables.ContainsKey(table));
        return missing is null
            ? null
            : new EntryRefusedException(
                entry.TransactionId,
                new StorageException($"There is no table '{missing}'. Create it first."));
    }

    private object? Apply(LogChange change)
    {
        switch (change)
        {
            case BatchChange { Batch: var batch }:
                Exception? refusal = Refusal(change);
                if (refusal is null) Apply(batch);
                return refusal;
            case RaiseChange raise:
                var owned = (raise.Table, raise.Partition);
                return _epochs[owned] = _epochs.GetValueOrDefault(owned) + 1;
            case ClaimChange claim:
                return Stands(new PartitionEpoch(claim.Table, claim.Partition, claim.Epoch))
                    ? _owners.Claim(claim)
                    : new FencedException(claim.Table, claim.Partition);
            case ReleaseChange release:
                _owners.Release(release);
                return null;
            case CreateChange create:
                _tables.TryAdd(create.Table, _lastTable + 1);
                _lastTable = Math.Max(_lastTable, _tables[create.Table]);
                return null;
            case DropChange drop:
                if (_tables.Remove(drop.Table, out long number)) ForgetTable(number);
                foreach (var each in _epochs.Keys.Where(each => each.Table == drop.Table).ToArray())
                    _epochs[each]++;
                return null;
            case NoteChange note:
                _notes[note.Name] = note.Note;
                return null;
            case DecideChange decide:
                if (_outcomes.Find(decide.TransactionId, At) is { } standing) return standing;
                Keep(decide.TransactionId, TransactionOutcome.Aborted);
                return TransactionOutcome.Aborted;
            default:
                throw new UnreachableException(change.GetType().Name);
        }
    }

    private void Apply(JournalBatch batch)
    {
        foreach (JournalEntry entry in batch.Entries)
        {
            foreach (string table in entry.Clears)
            {
                ForgetTable(_tables[table]);
                _tables[table] = ++_lastTable;
            }

            foreach (RowWrite row in entry.Writes)
            {
                Overlay(new RowsId(_tables[row.Table], row.Partition))
                    .Set(row.Key, row.Document, Position);
            }

            foreach (Guid forgotten in entry.Forgets)
                ForgetOutcome(forgotten);
            if (entry.KeepsOutcome) Keep(entry.TransactionId, TransactionOutcome.Committed);
        }
    }

    private void Keep(Guid id, TransactionOutcome outcome)
    {
        int slice = OutcomeSlices.SliceOf(At);
        _outcomes.Add(slice, id, outcome);
        Overlay(new RowsId(OutcomeTable, slice)).Set(id.ToByteArray(), [(byte)outcome], Position);
    }

    private void ForgetOutcome(Guid id)
    {
        if (_outcomes.Remove(id) is { } slice)
            Overlay(new RowsId(OutcomeTable, slice)).Set(id.ToByteArray(), null, Position);
    }

    private RowOverlay Overlay(RowsId id)
    {
        if (!_newest.TryGetValue(id, out RowOverlay? overlay))
            _newest.Add(id, overlay = new RowOverlay());
        return overlay;
    }

    private void ForgetTable(long number)
    {
        foreach (RowsId id in _runs.Keys.Concat(_newest.Keys)
            .Where(each => each.Table == number).ToArray())
        {
            Forget(id);
        }
    }

    private void Forget(RowsId id)
    {
        _newest.Remove(id);
        if (_runs.Remove(id, out IReadOnlyList<Run>? runs)) _obsolete.AddRange(runs);
    }
}

/// <summary>What a checkpoint writes: a moment of the content.</summary>
/// <param name="Image">Everything but the rows.</param>
/// <param name="Rows">The rows since the checkpoint before.</param>
/// <param name="Obsolete">Runs that nothing shows any more.</param>
internal sealed record LogFreeze(
    LogImage Image, IReadOnlyDictionary<RowsId, RowOverlay> Rows, IReadOnlyList<Run> Obsolete);
