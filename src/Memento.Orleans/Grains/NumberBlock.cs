using System.Diagnostics.CodeAnalysis;
using Memento.Messages;
using Memento.Tables;

namespace Memento.Grains;

/// <summary>The numbers that this silo may give to one table.</summary>
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

    public ValueTask<long> NextAsync()
        => TryTake(out long number) ? new(number) : ReserveAndTakeAsync();

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

    private bool TryTake(out long number)
    {
        lock (_gate)
        {
            number = 0;
            if (!_isStarted || _used >= _last) return false;
            number = ++_used;
            return true;
        }
    }

    private async ValueTask<long> ReserveAndTakeAsync()
    {
        await _reserving.WaitAsync();
        try
        {
            // Records of an earlier run, or of before the first number, count as used too.
            if (!_isStarted) Observe(await HighestAsync());

            long number;
            while (!TryTake(out number))
                Take(await SequenceOf(table.Name).ReserveAsync(UsedOrThrow(), _size));

            return number;
        }
        finally
        {
            _reserving.Release();
        }
    }

    private ISequenceGrain SequenceOf(string table)
        => grains.GetGrain<ISequenceGrain>(SequenceGrain.KeyOf(table));

    private void Take(NumberRange range)
    {
        lock (_gate)
        {
            // A key that was written meanwhile is above the range, and has raised the numbers last.
            if (range.Used >= _used)
            {
                _used = range.Used;
                _raisedBy = range.RaisedBy;
            }

            _last = Math.Min(range.Last, _highest);
            _isStarted = true;
        }
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
