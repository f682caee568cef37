namespace Memento.Participants;

/// <summary>A caller's turn, until it is disposed; without a source there is nothing to take turns for.</summary>
internal readonly struct Turn(TaskCompletionSource? source) : IDisposable
{
    public void Dispose() => source?.TrySetResult();
}
