using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Memento.Messages;
using Memento.Tables;
using Orleans.Concurrency;

namespace Memento.Numbering;

/// <summary>
/// Assigns numbers to new records in this silo, from blocks of the table's sequence, so that
/// concurrent inserts do not wait for each other. The next number is above every number that was
/// committed in this silo, or by a body in it, explicit ones too.
/// </summary>
internal sealed class Numbers(IGrainFactory grains)
{
    /// <summary>How many numbers a silo takes at once.</summary>
    public const int BlockSize = 1000;

    /// <summary>
    /// A narrow key has room for at least this many blocks, so that restarts do not use it up.
    /// </summary>
    private const int FewestBlocks = 1024;

    private readonly ConcurrentDictionary<string, NumberBlock> _blocks = new();

    /// <summary>How many numbers of a table a silo takes at once.</summary>
    public static int BlockSizeOf(TableDefinition table)
        => (int)Math.Clamp(table.HighestNumber / FewestBlocks, 1, BlockSize);

    /// <exception cref="MementoException">The numbers of the table's key are used up.</exception>
    public ValueTask<long> NextAsync(TableDefinition table)
        => BlockOf(table).NextAsync();

    /// <summary>The next number for a caller that has used numbers elsewhere.</summary>
    public ValueTask<long> NextAsync(TableDefinition table, long used)
    {
        NumberBlock block = BlockOf(table);
        block.Observe(used);
        return block.NextAsync();
    }

    /// <summary>Called with the number of each record that is committed with one.</summary>
    public void Observe(string table, long number)
    {
        if (_blocks.TryGetValue(table, out NumberBlock? block)) block.Observe(number);
    }

    private NumberBlock BlockOf(TableDefinition table)
        => _blocks.TryGetValue(table.Name, out NumberBlock? block)
            ? block
            : _blocks.GetOrAdd(table.Name, Make, table);

    private NumberBlock Make(string name, TableDefinition table) => new(grains, table);
}

/// <summary>
/// The numbers that this silo may give to one table. The next block is reserved when half of the
/// current one is given, so that inserts do not wait at the end of a block.
/// </summary>
[SuppressMessage(
    "Reliability", "CA1001", Justification = "The semaphore's wait handle is never made.")]
internal sealed class NumberBlock(IGrainFactory grains, TableDefinition table)
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _reserving = new(1, 1);
    private readonly long _highest = table.HighestNumber;
    private readonly int _size = Numbers.BlockSizeOf(table);
    private long _used;
    private long _last;
    private long? _raisedBy;
    private bool _isStarted;
    private NumberRange? _ahead;

    /// <summary>
    /// Whether the next block was reserved, is being reserved, or could not be reserved.
    /// </summary>
    private bool _isAheadAsked;

    public ValueTask<long> NextAsync()
    {
        if (!TryTake(out long number, out bool isLow)) return ReserveAndTakeAsync();
        if (isLow) ReserveAhead();
        return new(number);
    }

    /// <summary>Counts a number as used because a record has it.</summary>
    public void Observe(long number)
    {
        lock (_gate)
        {
            if (number <= _used) return;

            _used = number;
            _raisedBy = number;
        }
    }

    /// <param name="number">The number.</param>
    /// <param name="isLow">
    /// Whether the caller has to reserve the next block; true for one caller.
    /// </param>
    private bool TryTake(out long number, out bool isLow)
    {
        lock (_gate)
        {
            number = 0;
            isLow = false;
            if (!_isStarted) return false;

            if (_used >= _last && _ahead is { } ahead)
            {
                _ahead = null;
                Take(ahead);
            }

            if (_used >= _last) return false;

            number = ++_used;
            isLow = !_isAheadAsked && _last - _used < _size / 2 && _last < _highest;
            _isAheadAsked |= isLow;
            return true;
        }
    }

    /// <summary>
    /// Reserves the next block in the background, outside the flow of the caller.
    /// </summary>
    private void ReserveAhead()
        => ThreadPool.UnsafeQueueUserWorkItem(
            static block => _ = block.ReserveAheadAsync(), this, preferLocal: false);

    private async Task ReserveAheadAsync()
    {
        await _reserving.WaitAsync();
        try
        {
            NumberRange range = await SequenceOf(table.Name).ReserveAsync(Used(), _size);
            lock (_gate) _ahead = range;
        }
        catch (Exception)
        {
            // No caller waits for this, and it is not tried again before the block is used up. The
            // caller that then finds no number asks for the next block, and gets the error.
        }
        finally
        {
            _reserving.Release();
        }
    }

    private async ValueTask<long> ReserveAndTakeAsync()
    {
        await _reserving.WaitAsync();
        try
        {
            // Numbers of records of an earlier run, or from before the first number, are used too.
            if (!_isStarted) Observe(await HighestAsync());

            long number;
            while (!TryTake(out number, out _))
            {
                NumberRange range = await SequenceOf(table.Name).ReserveAsync(UsedOrThrow(), _size);
                lock (_gate) Take(range);
            }

            return number;
        }
        finally
        {
            _reserving.Release();
        }
    }

    private ISequenceGrain SequenceOf(string table)
        => grains.GetGrain<ISequenceGrain>(SequenceGrain.KeyOf(table));

    /// <remarks>Called under the gate.</remarks>
    private void Take(NumberRange range)
    {
        // Otherwise a key that was written meanwhile is above the range: the numbers go on after
        // it.
        if (range.Used >= _used)
        {
            _used = range.Used;
            _raisedBy = range.RaisedBy;
        }

        _last = Math.Min(range.Last, _highest);
        _isAheadAsked = false;
        _isStarted = true;
    }

    private long Used()
    {
        lock (_gate) return _used;
    }

    /// <exception cref="MementoException">No number is left.</exception>
    private long UsedOrThrow()
    {
        lock (_gate)
        {
            return _used < _highest
                ? _used
                : throw UsedUpNumbers.Error(
                    table.Name, table.KeyProperties[0], (Int128)_used + 1, _raisedBy);
        }
    }

    private async Task<long> HighestAsync()
    {
        long[] highest = await Task.WhenAll(table.PartitionNumbers.Select(number => grains
            .GetGrain<IIndexGrain>(IndexGrainKey.Of(table.Name, number)).HighestNumberAsync()));
        return highest.Max();
    }
}

/// <summary>The silos of the cluster, each with its blocks of numbers.</summary>
internal interface INumberPeers
{
    /// <summary>
    /// Counts every number of a table up to one as given, in all silos; ends when each knows it or
    /// has ended.
    /// </summary>
    Task ShowAsync(HighNumber number);
}

/// <summary>Gives numbers to clients, in each silo that they ask.</summary>
[StatelessWorker(1)]
[Reentrant]
internal sealed class NumberGrain(
    Numbers numbers, INumberPeers peers, TableRegistry tables) : Grain, INumberGrain
{
    public async Task<long> NextAsync(long used)
        => await numbers.NextAsync(tables.Get(this.GetPrimaryKeyString()), used);

    public async Task<long> ReserveAsync(long number)
    {
        TableDefinition table = tables.Get(this.GetPrimaryKeyString());
        NumberRange reserved = await GrainFactory
            .GetGrain<ISequenceGrain>(SequenceGrain.KeyOf(table.Name))
            .ReserveAsync(number, count: 0);

        // After it: a block that a silo took before ends there, and its next one is above.
        await peers.ShowAsync(new HighNumber(table.Name, number));

        // The last block of a narrow key may be longer than what is left.
        return Math.Min(reserved.Last, table.HighestNumber);
    }
}
