using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

/// <summary>
/// A transaction that stays open while a test drives it from outside. It has its age when it is
/// opened: a transaction that is opened later is younger.
/// </summary>
internal sealed class OpenTransaction
{
    private readonly TaskCompletionSource<ITransaction> _opened =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _end =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _runs;

    private OpenTransaction()
    {
    }

    public ITransaction Tx { get; private set; } = null!;

    /// <summary>The call of TransactionAsync.</summary>
    public Task Done { get; private set; } = null!;

    /// <summary>How often its body was run.</summary>
    public int Runs => Volatile.Read(ref _runs);

    public static async Task<OpenTransaction> StartAsync(
        IMemento memento, TransactionOptions? options = null)
    {
        var open = new OpenTransaction();
        open.Done = memento.TransactionAsync(open.RunAsync, options);
        open.Tx = await open._opened.Task.Within();

        // A client's transaction gets its age from the first silo that it asks.
        await open.Tx.ReadAsync<Entry>($"age of {open.Tx.Id}").Within();
        return open;
    }

    public async Task CommitAsync()
    {
        _end.TrySetResult();
        await Done.Within();
    }

    public async Task AbortAsync(Exception? reason = null)
    {
        var thrown = reason ?? new PlainException("The test ends it.");
        _end.TrySetException(thrown);
        Assert.Same(thrown, await Assert.ThrowsAsync(thrown.GetType(), () => Done.Within()));
    }

    private async Task RunAsync(ITransaction transaction)
    {
        Interlocked.Increment(ref _runs);
        _opened.TrySetResult(transaction);
        await _end.Task.Within();
    }
}
