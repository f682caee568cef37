namespace Memento.Transactions;

/// <summary>
/// The right to write to tables with unique indexes. A transaction's writes that its body begins side by side
/// have it one after the other: each reads what stands at its key, and gives up the values of that.
/// </summary>
internal readonly struct UniqueTurn(TaskCompletionSource? turn) : IDisposable
{
    public void Dispose() => turn?.TrySetResult();
}
