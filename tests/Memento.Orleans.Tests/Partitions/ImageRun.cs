using System.Runtime.CompilerServices;
using Memento.Journaling;
using Memento.Keys;
using Memento.Locks;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Snapshots;
using Memento.Tables;

namespace Memento.Tests.Partitions;

/// <summary>A partition under random changes, and the cuts that live.</summary>
internal sealed class ImageRun<T>
    where T : class
{
    private const int Steps = 500;
    private const int Keys = 40;
    private const int StepsBetweenCollections = 125;

    private static readonly TimeSpan LongestKept = TimeSpan.FromSeconds(20);
    private static readonly TableDefinition Table = TableDefinitionReader.Read(typeof(T));
    private static readonly string?[] Colours = [null, "", "red", "blue"];

    private readonly Random _random;
    private readonly Func<int, string?, int?, int, T> _make;
    private readonly PartitionContent _content = new(Table);
    private readonly Partition _partition;
    private readonly Stack<AppliedCommit> _undoable = new();
    private readonly SortedDictionary<long, PartitionCopy> _living = [];

    // What was put here; nothing but the partition may keep it.
    private readonly List<(int Serial, WeakReference Stored)> _stored = [];
    private int _serial;
    private long _position;

    public ImageRun(int seed, Func<int, string?, int?, int, T> make, Cuts? cuts = null)
    {
        _random = new Random(seed);
        _make = make;
        Cuts = cuts ?? new Cuts();
        _partition = new Partition(Table, number: 0, epoch: 0, _content, TimeProvider.System);
        _partition.Open(Cuts);
    }

    public Cuts Cuts { get; }

    public void Go()
    {
        for (int step = 1; step <= Steps; step++)
        {
            StepOnce();
            if (step % StepsBetweenCollections == 0) CheckCollected();
        }

        foreach (long cut in _living.Keys.ToArray())
        {
            Check(cut);
            End(cut);
            CheckKeeping();
        }

        Assert.Empty(Cuts.Keeping);
        Assert.Equal(0, _content.KeptBytes);
        CheckCollected();
    }

    public void Write(int count)
    {
        for (; count > 0; count--)
            Commit(changes: 1);
    }

    /// <summary>The version of the map of the records after it has overwritten one.</summary>
    public int VersionAfterOverwriting()
    {
        Put(id: 1, ++_serial);
        Put(id: 1, ++_serial);
        return _content.Records.Version;
    }

    public long Count(long cut) => _partition.Read(cut, new CountOperation());

    /// <summary>Writes one record in a transaction of its own.</summary>
    public void Put(int id, int serial)
    {
        PartitionTransaction transaction = Join();
        Do(transaction, WriteOf(_make(id, null, null, serial)));
        Assert.True(_partition.TrySeal(transaction, operations: 1));
        _partition.Commit(transaction);
    }

    public int? SerialAt(long cut, int writer)
        => SerialOf(_partition.Read(
            cut, new ReadOperation(KeyOf(writer), writes: false)));

    public int? SerialNow(int writer)
        => SerialOf(_content.Find(KeySpace.Records, KeyOf(writer).Bytes)?.Record);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void StepOnce()
    {
        switch (_random.Next(20))
        {
            case < 9:
                Commit(changes: 1 + _random.Next(6));
                break;
            case 9:
                Commit(changes: 0, clears: _random.Next(3) == 0);
                break;
            case 10:
                TakeBack();
                break;
            case 11:
                // What was applied is durable.
                _undoable.Clear();
                break;
            case 12:
                ChangeIndexes();
                break;
            case < 16:
                _living.Add(Cuts.Take(), new PartitionCopy(_content));
                break;
            case < 18 when _living.Count > 0:
                End(PickLiving());
                CheckKeeping();
                break;
            default:
                if (_living.Count > 0) Check(PickLiving());
                break;
        }
    }

    private long PickLiving() => _living.Keys.ElementAt(_random.Next(_living.Count));

    private void End(long cut)
    {
        _living.Remove(cut);
        Cuts.End(cut);
    }

    private void Check(long cut)
        => Assert.Null(_living[cut].CompareWith(
            _partition, cut, Table.Indexes, isShort: _random.Next(2) == 0));

    /// <summary>Nothing is kept where no cut lives.</summary>
    private void CheckKeeping()
    {
        if (_living.Count > 0) return;

        Assert.Empty(Cuts.Keeping);
        Assert.Equal(0, _content.KeptBytes);
    }

    private void Commit(int changes, bool clears = false)
    {
        PartitionTransaction transaction = Join();
        int operations = clears ? 1 : changes;
        if (clears) Do(transaction, new ClearOperation());
        for (int change = 0; !clears && change < changes; change++)
        {
            int id = _random.Next(Keys);
            if (_random.Next(3) == 0)
            {
                Do(transaction, new DeleteOperation(KeyOf(id), _content.Indexes.Stamp));
            }
            else
            {
                Do(transaction, WriteOf(_make(
                    id,
                    Colours[_random.Next(Colours.Length)],
                    _random.Next(4) is var size and > 0 ? size : null,
                    ++_serial)));
            }
        }

        Apply(transaction, operations);
    }

    private void Apply(PartitionTransaction transaction, int operations)
    {
        Assert.True(_partition.TrySeal(transaction, operations));
        var applied = new AppliedCommit(_partition);
        var pending = new PendingCommit(
            entry: null, [applied], dependsOn: 0, transaction.TransactionId)
        {
            Position = ++_position,
        };
        _partition.Commit(transaction, pending, applied);
        _undoable.Push(applied);
        foreach (AppliedWrite write in applied.Writes!)
        {
            if (write.Space.IsRecords && _content.Find(write.Space, write.Key) is { } stored)
                _stored.Add((SerialOf(stored.Record)!.Value, new WeakReference(stored)));
        }
    }

    /// <summary>Takes the last commits back, the newest first.</summary>
    private void TakeBack()
    {
        for (int count = _random.Next(_undoable.Count + 1); count > 0; count--)
            _partition.Undo(_undoable.Pop());
    }

    private void ChangeIndexes()
    {
        IndexDefinition index = Table.Indexes[_random.Next(Table.Indexes.Count)];
        PartitionTransaction transaction = Join();
        if (_content.Indexes.All.Contains(index))
            Do(transaction, new RemoveIndexOperation(index.Info));
        else
            Do(transaction, new AddIndexOperation(index.Info));
        Apply(transaction, operations: 1);
    }

    /// <summary>What neither the partition nor a living cut has is gone.</summary>
    private void CheckCollected()
    {
        _undoable.Clear();
        HashSet<int> needed = Needed();

        // A thread of the pool that has just read for a transaction may still have a record.
        SpinWait.SpinUntil(() => !IsAnyKept(), LongestKept);
        Assert.False(IsAnyKept());
        _stored.RemoveAll(static each => !each.Stored.IsAlive);

        bool IsAnyKept()
        {
            GC.Collect();
            return _stored.Exists(each => each.Stored.IsAlive && !needed.Contains(each.Serial));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private HashSet<int> Needed()
        => [.. _living.Values.Append(new PartitionCopy(_content))
            .SelectMany(static copy => copy.Records)
            .Select(static record => SerialOf(record)!.Value)];

    private PartitionTransaction Join()
        => _partition.Join(new TransactionHeader(
            Guid.NewGuid(),
            new TransactionAge(1, Guid.NewGuid()),
            TimeProvider.System.GetTimestamp()
                + (60 * TimeProvider.System.TimestampFrequency)));

    private void Do<TResult>(PartitionTransaction transaction, Operation<TResult> operation)
        => _partition.ExecuteAsync(
            transaction, operation, savepoint: null, CancellationToken.None)
            .AsTask().GetAwaiter().GetResult();

    private WriteOperation WriteOf(T record)
        => new(Table.KeyOf(record), record, _content.Indexes.Stamp, onlyIfAbsent: false);

    private Key KeyOf(int id) => Table.KeyOf(_make(id, null, null, 0));

    private static int? SerialOf(object? record) => record switch
    {
        StoredVersion version => version.Serial,
        StoredCopy copy => copy.Serial,
        _ => null,
    };
}
