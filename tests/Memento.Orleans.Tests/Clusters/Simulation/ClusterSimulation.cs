using System.Net;
using Memento.Silos.Placement;
using Memento.Tests.Clusters.Simulation.Grains;
using Memento.Tests.Consistency;
using Memento.Tests.Locks.Simulation;
using static Memento.Tests.Locks.Simulation.SimulationFailedException;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>
/// One schedule of a whole cluster on one thread, every choice drawn from the seed: silos, clients,
/// a network and a storage, all of which fail.
/// </summary>
internal sealed partial class ClusterSimulation
{
    /// <summary>A schedule with this many steps makes no progress.</summary>
    public const int StepLimit = 60_000;

    private const int MostAttempts = 12;
    private const int MostFinalAttempts = 10;
    private const int MostFinalReads = 4;

    private readonly SeededRandom _random;
    private readonly bool[] _isDisk;
    private readonly List<ListTransaction> _history = [];
    private readonly List<VirtualSilo> _silos = [];
    private readonly Dictionary<Guid, string> _names = [];
    private Dictionary<int, SiloAddress>? _plan;
    private readonly int _managers;
    private readonly int _grainsWakeAfter;
    private int _values;
    private bool _areGrainsAwake;
    private bool _isOver;

    public ClusterSimulation(
        ulong seed,
        ClusterFault fault,
        ClusterCounts counts,
        List<string>? words = null,
        bool hasGrains = false)
    {
        _random = new SeededRandom(seed);
        Fault = fault;
        Counts = counts;
        Time = new VirtualTime(words);
        Network = new VirtualNetwork(this, _random, OneOf(10, 30, 100, int.MaxValue));
        Storage = new VirtualStorage(this, _random, OneOf(6, 20, 80, int.MaxValue));
        _isDisk = new bool[_random.Between(3, 5)];
        int kind = _random.Below(4);
        for (int i = 0; i < _isDisk.Length; i++)
            _isDisk[i] = kind == 0 || (kind > 1 && _random.OneIn(2));
        _crashes = OneOf(0, 0, 1, 2);
        _pauses = OneOf(0, 1, 2, 3);
        _disturbedOneIn = OneOf(40, 120, 400, 1_000);
        if (!hasGrains) return;

        Grains = new VirtualGrains(this, _random, _random.Between(1, 3));
        _managers = OneOf(0, 1, 2);
        _grainsWakeAfter = _random.OneIn(4) ? 60 : 0;
    }

    public ClusterFault Fault { get; }

    public ClusterCounts Counts { get; }

    public VirtualTime Time { get; }

    public VirtualNetwork Network { get; }

    public VirtualStorage Storage { get; }

    /// <summary>The grains with transactional states; null: there are none.</summary>
    public VirtualGrains? Grains { get; }

    /// <summary>The silos, as the table of the membership has them.</summary>
    public Dictionary<SiloAddress, MemberStatus> Members { get; } = [];

    public static IEnumerable<int> KeysOf(int partition)
        => Enumerable.Range(
            partition * VirtualPartition.KeysInPartition, VirtualPartition.KeysInPartition);

    public void Run()
    {
        SynchronizationContext? outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(Time);
        try
        {
            int silos = _random.Between(2, 4);
            for (int port = 1; port <= silos; port++)
                StartSilo(port, generation: 1);
            Time.Go(DriveAsync);
            bool hasEnded = Time.RunUntil(() => _isOver, StepLimit);
            Unless(hasEnded, $"no end after very many steps: {DescribeUnrest()}");
            Counts.MostSteps = Math.Max(Counts.MostSteps, Time.Steps);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    /// <summary>The numbers of all partitions.</summary>
    public IEnumerable<int> Numbers => Enumerable.Range(0, _isDisk.Length);

    public bool IsDisk(int partition) => _isDisk[partition];

    public int NewValue() => ++_values;

    public Guid NewId(string? name = null)
    {
        byte[] bytes = new byte[16];
        BitConverter.TryWriteBytes(bytes, _random.Next());
        BitConverter.TryWriteBytes(bytes.AsSpan(8), _random.Next());
        var id = new Guid(bytes);
        if (name is not null) _names[id] = name;
        return id;
    }

    public string NameOf(Guid id) => _names[id];

    public string NameOf(SiloAddress silo) => $"silo {silo.Endpoint.Port}.{silo.Generation}";

    public VirtualSilo? Find(SiloAddress silo)
        => _silos.Find(each => each.IsAlive && each.Here.Equals(silo));

    /// <summary>Where clients look for a partition.</summary>
    public SiloAddress? OwnerOf(int partition)
        => (_plan ??= Assign([.. Members.Where(static each => each.Value == MemberStatus.Active)
            .Select(static each => each.Key)])).GetValueOrDefault(partition);

    public Dictionary<int, SiloAddress> Assign(SiloAddress[] silos)
        => silos.Length == 0
            ? []
            : Ownership.Assign([("t", _isDisk.Length)], silos)
                .ToDictionary(static each => each.Key.Number, static each => each.Value);

    /// <summary>The grain whose list has a key; null: a partition has it.</summary>
    public int? GrainOf(int key)
    {
        int grain = key - FirstOfGrains;
        return grain >= 0 ? grain : null;
    }

    public void Record(long start, ListOutcome outcome, List<ListOperation> operations)
    {
        Counts.Add(outcome switch
        {
            ListOutcome.Committed => Happening.Committed,
            ListOutcome.Aborted => Happening.Aborted,
            _ => Happening.InDoubt,
        });
        _history.Add(new ListTransaction(
            _history.Count + 1, start, Time.Now, outcome, operations));
    }

    /// <summary>A snapshot was read: it is a transaction that has only read.</summary>
    public void RecordSnapshot(long start, List<ListOperation> operations)
        => _history.Add(new ListTransaction(
            _history.Count + 1, start, Time.Now, ListOutcome.Committed, operations));

    private int OneOf(params ReadOnlySpan<int> choices) => choices[_random.Below(choices.Length)];

    private async Task DriveAsync()
    {
        if (Time.IsTold) Time.Tell($"disk: {string.Join(' ', _isDisk)}");
        var clients = new Task[_random.Between(2, 4)];
        for (int i = 0; i < clients.Length; i++)
            clients[i] = RunClientAsync(i + 1);
        if (_random.OneIn(4)) Time.After(SomeTime(300), StopOne);
        if (_random.OneIn(4)) Time.After(SomeTime(300), () => StartSilo(5, generation: 1));
        for (int left = OneOf(0, 1, 2, 4); left > 0; left--)
            Time.After(SomeTime(left == 1 ? 600 : 120), ReadByCut);
        for (int left = Grains is null ? 0 : OneOf(0, 0, 1, 2); left > 0; left--)
            Time.After(SomeTime(400), Grains!.DeactivateOne);
        await Task.WhenAll(clients);
        await ReadAllAsync();
        await ComeToRestAsync();
        CheckAll();
        _isOver = true;
    }

    private async Task RunClientAsync(int number)
    {
        var client = new VirtualClient(this, _random, number)
        {
            IsOfOrleansAlone = Grains is not null
                && (_managers == 2 || (_managers == 1 && _random.OneIn(2))),
        };
        int count = _random.Between(1, 3);
        for (int i = 0; i < count; i++)
        {
            await client.DelayAsync(SomeTime(20));
            List<VirtualStep> steps = [];
            for (int left = _random.Between(1, Grains is null ? 3 : 4); left > 0; left--)
            {
                int key = _random.Below(_isDisk.Length * VirtualPartition.KeysInPartition);
                bool isAppend = _random.OneIn(2);
                if (Grains is not null && _random.OneIn(2))
                {
                    steps.Add(new VirtualStep(
                        FirstOfGrains + _random.Below(Grains.Count), isAppend));
                    continue;
                }

                // Such an append is kept back.
                if (isAppend && _random.OneIn(2))
                    steps.Add(new VirtualStep(key, IsAppend: false, Locks: true));
                steps.Add(new VirtualStep(key, isAppend));
            }

            await client.RunAsync(steps, MostAttempts);
        }
    }

    private void ReadByCut()
    {
        VirtualSilo[] living = [.. _silos.Where(static each => each.IsAlive)];
        if (_isCalm || living.Length == 0) return;

        // A snapshot over several silos may have half of what a grain decides: see
        // docs/guarantees.md.
        if (Grains is not null) return;
        VirtualSilo silo = living[_random.Below(living.Length)];
        silo.Post(0, () => Time.Go(silo.ReadByCutAsync));
    }

    private int FirstOfGrains => _isDisk.Length * VirtualPartition.KeysInPartition;

    private long SomeTime(int most) => VirtualTime.Milliseconds(_random.Between(1, most));

    /// <summary>Ends the faults, and waits until nothing is under way.</summary>
    private async Task ComeToRestAsync()
    {
        _isCalm = true;
        Network.IsHealthy = true;
        Storage.IsHealthy = true;
        var watch = new VirtualClient(this, _random, number: 0);
        int looks = 0;
        int port = Members.Count + 6;
        while (true)
        {
            bool areAway = WakesGrains(looks);
            string? unrest = DescribeUnrest();
            if (!areAway && unrest is null) return;
            Unless(++looks < 400, $"it does not come to rest: {unrest}");
            if (Members.Values.All(static each => each != MemberStatus.Active))
                StartSilo(port++, generation: 1);
            await watch.DelayAsync(VirtualTime.Milliseconds(100));
        }
    }

    /// <summary>
    /// Wakes all grains, as their callers would. True: it is too early for that, or some are away.
    /// </summary>
    private bool WakesGrains(int looks)
    {
        if (Grains is null || looks < _grainsWakeAfter) return Grains is not null;

        _areGrainsAwake = true;
        bool areAway = false;
        for (int i = 0; i < Grains.Count; i++)
        {
            if (Grains.Locate(i) is not { } place || Find(place) is not { } silo) continue;
            if (Grains.Find(i) is { Activated.IsCompleted: true }) continue;

            areAway = true;
            int grain = i;
            silo.Post(0, () => Time.Go(() => silo.ActivateAsync(grain)));
        }

        return areAway;
    }

    private async Task ReadAllAsync()
    {
        var reader = new VirtualClient(this, _random, number: 9);
        IEnumerable<int> grains = Enumerable.Range(FirstOfGrains, Grains?.Count ?? 0);
        VirtualStep[] steps = [.. Numbers.SelectMany(KeysOf).Concat(grains)
            .Select(static key => new VirtualStep(key, IsAppend: false))];
        for (int i = 0; i < MostFinalReads; i++)
        {
            // The verdict on a silo that stood still may come now.
            await ComeToRestAsync();
            if (await reader.RunAsync(steps, MostFinalAttempts)) return;
        }

        Unless(false, "nobody can read all records when all is well");
    }

    private void StartSilo(int port, int generation)
    {
        SiloAddress address = SiloAddress.New(
            new IPEndPoint(IPAddress.Loopback, port), generation);
        Tell(address, MemberStatus.Active);
        var silo = new VirtualSilo(this, _random, address, Members);
        _silos.Add(silo);
        silo.Start();
        if (Time.IsTold) Time.Tell($"{silo.Name} starts");
    }
}
