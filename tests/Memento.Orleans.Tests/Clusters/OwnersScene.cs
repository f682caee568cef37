using System.Net;
using Memento.Journaling;
using Memento.Leases;
using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Silos.HandOver;
using Memento.Storage;
using Memento.Tables;
using Microsoft.Extensions.Logging.Abstractions;

namespace Memento.Tests.Clusters;

/// <summary>
/// Silos that own a partition in turn, with the real giving and taking and without Orleans.
/// </summary>
internal sealed class OwnersScene : IAsyncDisposable
{
    public const int Number = 0;

    public OwnersScene(int silos, Type? record = null)
    {
        Table = TableDefinitionReader.Read(record ?? typeof(Mark));
        Silos = [.. Enumerable.Range(1, silos).Select(port => new Owner(this, port))];
    }

    public TableDefinition Table { get; }

    public Owner[] Silos { get; }

    /// <summary>Called before each message; a test delays it, or makes it fail.</summary>
    public Func<Owner, Owner, string, Task> OnMessage { get; set; }
        = static (_, _, _) => Task.CompletedTask;

    /// <summary>Called while a silo opens the partition, with what it opens.</summary>
    public Func<Owner, Partition, Task> OnOpen { get; set; }
        = static (_, _) => Task.CompletedTask;

    /// <summary>
    /// The silos that serve the partition; more than one is the fault to look for.
    /// </summary>
    public IReadOnlyList<Owner> Serving
        => [.. Silos.Where(static each => !each.IsDead && each.Partition is { IsClosed: false })];

    public async ValueTask DisposeAsync()
    {
        foreach (Owner each in Silos)
            await each.Journal.DisposeAsync();
    }

    /// <summary>One silo.</summary>
    internal sealed class Owner : IOtherSilos
    {
        private readonly OwnersScene _scene;
        private readonly PartitionDirectory _partitions = new();
        private readonly ParkedPartitions _parked = new();
        private readonly TurnQueue _calls = new();

        public Owner(OwnersScene scene, int port)
        {
            _scene = scene;
            Here = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 1);
            Journal = new Journal(
                new DurableStorage(null), NullLogger<Journal>.Instance, TimeProvider.System);
            var owners = new PartitionOwners();
            Giver = new PartitionGiver(
                this,
                _partitions,
                _parked,
                owners,
                new TransactionRegistry(TimeProvider.System),
                Journal,
                Clock);
            Taker = new PartitionTaker(
                this,
                _partitions,
                Giver,
                _parked,
                owners,
                Clock,
                TimeProvider.System,
                NullLogger<PartitionTaker>.Instance);
        }

        public SiloAddress Here { get; }

        public Journal Journal { get; }

        public HybridClock Clock { get; } = new(TimeProvider.System);

        public PartitionGiver Giver { get; }

        public PartitionTaker Taker { get; }

        public bool IsDead { get; set; }

        /// <summary>The silos that this one hears of when it reads the membership anew.</summary>
        public HashSet<SiloAddress> Unknown { get; } = [];

        /// <summary>What the last take of this silo got.</summary>
        public TakenPartition? Taken { get; private set; }

        public Partition? Partition => _partitions.Find(_scene.Table.Name, Number);

        public bool HasParked => _parked.Names.Count > 0;

        public SiloAddress[] Serving => [.. _scene.Silos.Select(static each => each.Here)];

        public bool AreAllKnown => true;

        IReadOnlyList<SiloAddress> IOtherSilos.Others
            =>
            [
                .. _scene.Silos
                    .Where(each => each != this && !each.IsDead && !Unknown.Contains(each.Here))
                    .Select(static each => each.Here),
            ];

        /// <summary>
        /// Becomes the owner, as the grain does that was placed here. A silo has one grain.
        /// </summary>
        public async Task<Partition> TakeAsync()
        {
            using Turn turn = await _calls.TakeAsync(CancellationToken.None);
            return Partition is { IsClosed: false } open
                ? open
                : await Taker.TakeAsync(_scene.Table, Number, OpenAsync);
        }

        /// <summary>Writes a record and commits; false if the partition is not here.</summary>
        public async Task<bool> TryWriteAsync(object record)
        {
            if (Partition is not { } partition) return false;

            TableDefinition table = _scene.Table;
            var id = Guid.NewGuid();
            try
            {
                PartitionTransaction transaction = partition.Join(new TransactionHeader(
                    id, new TransactionAge(DateTime.UtcNow.Ticks, id), long.MaxValue));
                await partition.ExecuteAsync(
                    transaction,
                    new WriteOperation(
                        table.KeyOf(record), record, table.IndexSet.Stamp, onlyIfAbsent: false),
                    savepoint: null,
                    CancellationToken.None);
                if (!partition.TrySeal(transaction, operations: 1)) return false;

                partition.Commit(transaction);
                return true;
            }
            catch (Exception exception) when (exception
                is PartitionClosedException or NoTransactionException)
            {
                return false;
            }
        }

        bool IOtherSilos.IsDead(SiloAddress silo) => _scene.Find(silo).IsDead;

        async Task<GiveUpAnswer> IOtherSilos.GiveUpAsync(SiloAddress silo, GiveUpRequest request)
        {
            Owner other = await ReachAsync(silo, "give up");
            return await other.Giver.GiveUpAsync(request);
        }

        async Task<FetchAnswer?> IOtherSilos.FetchAsync(SiloAddress silo, FetchRequest request)
            => (await ReachAsync(silo, "fetch")).Giver.Fetch(request);

        async Task<bool> IOtherSilos.ReleaseAsync(SiloAddress silo, ReleaseRequest request)
            => (await ReachAsync(silo, "release")).Giver.TryRelease(request);

        Task IOtherSilos.RememberAsync(SiloAddress silo, RememberRequest request)
            => throw new NotSupportedException();

        async Task<KnownOwner[]> IOtherSilos.FindOwnersAsync(SiloAddress silo)
            => await (await ReachAsync(silo, "find owners")).Giver.ShowOwnersAsync(Here);

        Task IOtherSilos.RefreshAsync(CancellationToken cancellationToken)
        {
            Unknown.Clear();
            return Task.CompletedTask;
        }

        IAsyncEnumerable<ClusterMembershipSnapshot> IOtherSilos.ChangesAsync()
            => throw new NotSupportedException();

        private async Task<Partition> OpenAsync(TakenPartition taken)
        {
            Taken = taken;
            var lease = new Lease(TimeSpan.FromMinutes(1), TimeProvider.System);
            var partition = new Partition(
                _scene.Table,
                Number,
                epoch: 0,
                taken.Content ?? new PartitionContent(_scene.Table),
                TimeProvider.System)
            {
                Holding = lease.Hold(new PartitionEpoch(_scene.Table.Name, Number, 1)),
                Tenure = taken.Tenure,
                LostAt = taken.LostAt,
            };
            lease.End(lease.Begin(), new LeaseNews([], []));
            await _scene.OnOpen(this, partition);
            return partition;
        }

        private async Task<Owner> ReachAsync(SiloAddress silo, string message)
        {
            await Task.Yield();
            Owner other = _scene.Find(silo);
            await _scene.OnMessage(this, other, message);
            if (other.IsDead) throw new SiloUnavailableException("It is dead.");
            return other;
        }
    }

    private Owner Find(SiloAddress silo)
        => Silos.Single(each => each.Here.Equals(silo));
}
