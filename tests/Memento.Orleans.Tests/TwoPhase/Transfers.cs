using Memento.Tests.Conformance;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Clients that move money between records on disk and states of grains, of one kind or both, while
/// a test lets things fail.
/// </summary>
internal sealed class Transfers
{
    /// <summary>
    /// A state of Orleans that hears of no end is locked until the time limit, and so are all that
    /// wait for it.
    /// </summary>
    private static readonly TransactionOptions Short =
        new() { Timeout = TimeSpan.FromSeconds(2) };

    private readonly MixedScene _scene;
    private readonly MixedBank _bank;
    private readonly int _seed;
    private readonly TaskCompletionSource _enough =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _done;

    private Transfers(MixedScene scene, Desk desk, int seed)
    {
        (_scene, _seed) = (scene, seed);
        _bank = new MixedBank(scene.NewKey(), usesRam: false);
        for (int i = 0; i < 4; i++)
        {
            var random = new Random(seed + i);
            _ = Task.Run(() => MoveAsync(desk, random));
        }
    }

    public static async Task<Transfers> BeginAsync(MixedScene scene, int seed)
        => new(scene, await scene.OpenAsync(isClient: true), seed);

    /// <summary>Waits until some more have been carried out.</summary>
    public Task UntilMoreAsync(int count)
    {
        int enough = Volatile.Read(ref _done) + count;
        return Waiting.UntilAsync(
            () => Task.FromResult(Volatile.Read(ref _done) >= enough),
            $"{count} more transfers (seed {_seed})",
            Waiting.LongBound);
    }

    /// <summary>
    /// Ends them, and looks whether the sum is what it was. It does not wait for those of which a
    /// client asks for the outcome: they are kept as a whole or not at all.
    /// </summary>
    public async Task RequireSumAsync()
    {
        _enough.SetResult();
        Desk desk = await _scene.OpenAsync(isClient: false);
        long? sum = null;
        await Waiting.UntilAsync(
            async () => await Record.ExceptionAsync(
                async () => sum = await _bank.SumAsync(desk, Short).Within()) is null,
            $"all can be read again (seed {_seed})",
            Waiting.LongBound);
        Assert.Equal((_seed, 0L), (_seed, sum));
    }

    private async Task MoveAsync(Desk desk, Random random)
    {
        while (!_enough.Task.IsCompleted)
        {
            Task transfer = _bank.TransferAsync(desk, random, Short);
            await Task.WhenAny(transfer, _enough.Task);

            // What fails must have changed nothing: the sum shows it.
            if (transfer.IsCompletedSuccessfully)
                Interlocked.Increment(ref _done);
            else
                transfer.Ignore();
        }
    }
}
