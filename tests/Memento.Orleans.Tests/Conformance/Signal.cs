namespace Memento.Tests.Conformance;

/// <summary>Something that one part of a test says and another waits for.</summary>
internal sealed class Signal
{
    private readonly TaskCompletionSource _source =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Set() => _source.TrySetResult();

    public Task WaitAsync() => _source.Task.Within();
}
