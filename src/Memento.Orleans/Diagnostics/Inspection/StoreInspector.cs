using System.Globalization;
using Memento.Locks;
using Memento.Participants;
using Memento.Partitions;

namespace Memento.Diagnostics.Inspection;

/// <summary>Describes the running transactions and the locks.</summary>
/// <param name="transactions">The running transactions.</param>
/// <param name="time">The time.</param>
/// <param name="losses">What was lost with other silos.</param>
/// <param name="partitions">The partitions of this silo; null in a client.</param>
/// <param name="silo">This silo; null in a client.</param>
internal sealed class StoreInspector(
    TransactionRegistry transactions,
    TimeProvider time,
    PartitionLosses losses,
    PartitionDirectory? partitions = null,
    ILocalSiloDetails? silo = null) : IMementoDiagnostics
{
    public event EventHandler<PartitionLostEventArgs>? PartitionLost
    {
        add => losses.Found += value;
        remove => losses.Found -= value;
    }

    public StoreDescription Describe()
    {
        DateTimeOffset now = time.GetUtcNow();
        LockDescription[] locks =
        [
            .. (partitions?.All ?? [])
                .OrderBy(static each => each.Table.Name, StringComparer.Ordinal)
                .ThenBy(static each => each.Number)
                .SelectMany(each => LocksOf(each, now)),
        ];
        ILookup<Guid, WaitDescription> waits = WaitsIn(locks);
        return new StoreDescription
        {
            Taken = now,
            Silo = silo?.Name,
            Transactions =
            [
                .. transactions.GetRunning()
                    .Select(each => Describe(each, now, waits))
                    .OrderBy(static each => each.Began),
            ],
            Locks = locks,
        };
    }

    private static ILookup<Guid, WaitDescription> WaitsIn(IEnumerable<LockDescription> locks)
        => locks
            .SelectMany(static each => each.Waiters, static (each, waiter) => (each, waiter))
            .ToLookup(
                static pair => pair.waiter.Transaction,
                static pair => new WaitDescription
                {
                    Silo = pair.each.Silo!,
                    Table = pair.each.Table,
                    Partition = pair.each.Partition,
                    Resource = pair.each.Resource,
                    Mode = pair.waiter.Mode,
                    BlockedBy = pair.waiter.BlockedBy,
                });

    private TransactionDescription Describe(
        TransactionState state, DateTimeOffset now, ILookup<Guid, WaitDescription> waits)
    {
        long began = state.Age?.StartTicks ?? state.StartTicks;
        return new TransactionDescription
        {
            Id = state.Id,
            Began = new DateTimeOffset(began, TimeSpan.Zero),
            Age = AgeAt(now, began),
            Remaining = state.Remaining,
            IsCommitting = state.Phase == TransactionPhase.Sealed,
            IsRemote = state.IsJoined,
            Partitions = state.GetPartitionNames(),
            Silo = (state.IsJoined ? state.Caller : silo?.SiloAddress)?.ToString(),
            Waits = [.. waits[state.Id]],
        };
    }

    private IEnumerable<LockDescription> LocksOf(Partition partition, DateTimeOffset now)
    {
        List<LockInfo> locks = [];
        partition.DescribeLocks(locks);
        return locks.GroupBy(static each => each.Resource).Select(each => new LockDescription
        {
            Table = partition.Table.Name,
            Partition = partition.Number,
            Resource = LockErrors.Describe(partition.Table, each.Key),
            Key = KeyOf(partition, each.Key),
            Holders = Parties(partition, each, isWaiting: false, now),
            Waiters = Parties(partition, each, isWaiting: true, now),
            Silo = silo?.SiloAddress.ToString(),
        });
    }

    private static string? KeyOf(Partition partition, LockResource resource)
        => resource is { IsPartition: false, IsRange: false, Space.IsRecords: true }
            ? Convert.ToString(
                partition.Table.KeyCodec.Decode(resource.Key), CultureInfo.InvariantCulture)
            : null;

    private static LockPartyDescription[] Parties(
        Partition partition, IEnumerable<LockInfo> locks, bool isWaiting, DateTimeOffset now)
        =>
        [
            .. locks.Where(each => each.IsWaiting == isWaiting)
                .Select(each => new LockPartyDescription
                {
                    Transaction = each.TransactionId,
                    Mode = each.Kinds.ToString(),
                    Age = partition.Find(each.TransactionId) is { } owner
                        ? AgeAt(now, owner.Age.StartTicks)
                        : null,
                    BlockedBy = each.BlockedBy,
                }),
        ];

    private static TimeSpan AgeAt(DateTimeOffset now, long startTicks)
        => TimeSpan.FromTicks(Math.Max(0, now.UtcTicks - startTicks));
}
