using System.Diagnostics.CodeAnalysis;
using Memento.Messages;

namespace Memento.Grains;

/// <summary>The numbers that this silo may give to one table.</summary>
[SuppressMessage(
    "Reliability", "CA1001", Justification = "The semaphore's wait handle is never made.")]
internal sealed class NumberBlock(IGrainFactory grains, string table, int partitions)
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _reserving = new(1, 1);
    private long _next = 1;
    private long _end;
    private bool _isStarted;

    public ValueTask<long> NextAsync()
        => TryTake(out long number) ? new(number) : ReserveAndTakeAsync();

    public void Observe(long number)
    {
        lock (_gate)
        {
            // At the end of all numbers it stays: then reserving says that they are used up.
            if (number >= _next) _next = number == long.MaxValue ? number : number + 1;
        }
    }

    private bool TryTake(out long number)
    {
        lock (_gate)
        {
            number = _next;
            if (!_isStarted || _next >= _end) return false;
            _next++;
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
            {
                long atLeast;
                lock (_gate)
                    atLeast = _next;
                long first = await grains.GetGrain<ISequenceGrain>(SequenceGrain.KeyOf(table))
                    .ReserveAsync(atLeast, Numbers.BlockSize);
                lock (_gate)
                {
                    _next = Math.Max(_next, first);
                    _end = first + Numbers.BlockSize;
                    _isStarted = true;
                }
            }

            return number;
        }
        finally
        {
            _reserving.Release();
        }
    }

    private async Task<long> HighestAsync()
    {
        long[] highest = await Task.WhenAll(Enumerable.Range(0, partitions).Select(number => grains
            .GetGrain<IIndexGrain>(IndexGrainKey.Of(table, number)).HighestNumberAsync()));
        return highest.Max();
    }
}
