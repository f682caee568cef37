using Memento.Locks;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>An append that its client has kept back.</summary>
internal readonly record struct KeptAppend(int Key, int Value);

/// <summary>
/// An operation of a transaction, in a message, with the appends that were kept back before it.
/// </summary>
internal sealed record OperationCall(
    Guid Id,
    TransactionAge Age,
    int Partition,
    int Key,
    int? Appended,
    bool IsWrite,
    List<KeptAppend> Ahead);

/// <summary>How an operation has ended.</summary>
internal sealed record OperationAnswer(OperationEnd End, int[] Values)
{
    public static OperationAnswer Moved { get; } = new(OperationEnd.Moved, []);

    public static OperationAnswer Refused { get; } = new(OperationEnd.Refused, []);
}

/// <summary>The ways in which an operation ends.</summary>
internal enum OperationEnd
{
    Done = 0,

    /// <summary>The partition is elsewhere, and nothing was carried out.</summary>
    Moved = 1,

    /// <summary>The transaction has to run again.</summary>
    Refused = 2,
}

/// <summary>A transaction of a caller elsewhere, as a silo knows it.</summary>
internal sealed class VirtualState(Guid id, int generation)
{
    public Guid Id { get; } = id;

    public int Generation { get; } = generation;

    public List<VirtualPart> Parts { get; } = [];

    public bool IsCommitting { get; set; }

    public TaskCompletionSource<bool> Ended { get; } = new();
}

/// <content>Operations, and the transactions that run here.</content>
internal sealed partial class VirtualSilo
{
    /// <summary>After this time, a silo drops a transaction that nobody ends.</summary>
    public static readonly long LongestTransaction = VirtualTime.Milliseconds(1_500);

    private static readonly long Grace = VirtualTime.Milliseconds(75);

    private readonly Dictionary<Guid, VirtualState> _registry = [];
    private readonly Dictionary<Guid, bool> _outcomes = [];
    private readonly HashSet<Guid> _ended = [];
    private readonly HashSet<Guid> _inDoubt = [];

    public async Task<OperationAnswer?> ExecuteAsync(OperationCall call)
    {
        VirtualPartition? partition = await OpenAsync(call.Partition);
        if (partition is null || partition.IsClosed) return OperationAnswer.Moved;
        if (_outcomes.ContainsKey(call.Id) || _ended.Contains(call.Id))
            return OperationAnswer.Refused;

        VirtualState state = Join(call.Id);
        if (state.IsCommitting) return OperationAnswer.Refused;
        if (!partition.Holding.Stands) return RunsOut(partition);

        VirtualPart part = partition.Join(call.Id, call.Age);
        if (!state.Parts.Contains(part)) state.Parts.Add(part);
        foreach (KeptAppend each in call.Ahead)
        {
            if (!await LockAsync(part, each.Key, isWrite: true)) return OperationAnswer.Refused;
            part.Append(each);
            part.Operations++;
        }

        if (!await LockAsync(part, call.Key, call.IsWrite)) return OperationAnswer.Refused;

        int[] values = partition.Read(part, call.Key);
        if (call.Appended is { } value) part.Staged[call.Key] = [.. values, value];
        part.Operations++;
        if (!partition.Holding.Stands) return RunsOut(partition);
        All.CheckOwner(partition);
        return new OperationAnswer(OperationEnd.Done, values);
    }

    private static async Task<bool> LockAsync(VirtualPart part, int key, bool isWrite)
        => await part.Partition.LockAsync(
                part,
                LockResource.Partition,
                isWrite ? LockKind.IntentionWrite : LockKind.IntentionRead)
            && await part.Partition.LockAsync(
                part,
                VirtualPartition.ResourceOf(key),
                isWrite ? LockKind.Write : LockKind.Read)
            && !part.IsEnded && !part.IsSealed;

    /// <summary>The caller, or a silo, drops a transaction whose commit has not begun.</summary>
    public void Abort(Guid id)
    {
        if (_registry.TryGetValue(id, out VirtualState? state))
            TryAbort(state);
        else
            _outcomes.TryAdd(id, false);
    }

    private OperationAnswer RunsOut(VirtualPartition partition)
    {
        if (partition.Holding.Lease.TryStall()) All.Counts.Add(Happening.LeaseRanOut);
        return OperationAnswer.Refused;
    }

    private VirtualState Join(Guid id)
    {
        if (_registry.TryGetValue(id, out VirtualState? known)) return known;
        var state = new VirtualState(id, Journal.Generation);
        _registry.Add(id, state);
        Post(LongestTransaction, () => TryAbort(state));
        if (All.Grains is not null) Post(LongestTransaction + Grace, () => EndOverdue(state));
        return state;
    }

    /// <summary>
    /// A partition that was not asked to prepare ends a transaction by itself, also where another
    /// one of the silo is prepared.
    /// </summary>
    private static void EndOverdue(VirtualState state)
    {
        foreach (VirtualPart each in state.Parts)
            each.Partition.Abort(each);
    }

    private bool TryBeginCommit(VirtualState state)
    {
        if (state.IsCommitting) return false;
        return state.IsCommitting = true;
    }

    private void TryAbort(VirtualState state)
    {
        if (!state.IsCommitting && _registry.GetValueOrDefault(state.Id) == state)
            Remove(state, isCommitted: false);
    }

    /// <summary>Ends a transaction, and keeps its outcome, if that is known.</summary>
    private void Remove(VirtualState state, bool? isCommitted)
    {
        if (!_registry.Remove(state.Id)) return;
        _ended.Add(state.Id);
        if (isCommitted is { } known) _outcomes.TryAdd(state.Id, known);
        foreach (VirtualPart each in state.Parts)
            each.Partition.Abort(each);
        Wake(state.Ended, true);
    }
}
