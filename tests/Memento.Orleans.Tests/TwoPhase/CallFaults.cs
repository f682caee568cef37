using System.Collections.Concurrent;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Fails or holds calls of Orleans' two-phase commit by the names of their methods. A call that
/// fails is as good as lost.
/// </summary>
internal sealed class CallFaults : IIncomingGrainCallFilter
{
    private readonly ConcurrentDictionary<string, int> _failed = new();
    private readonly ConcurrentDictionary<string, int> _passed = new();
    private readonly ConcurrentDictionary<string, bool> _failing = new();
    private readonly ConcurrentDictionary<string, HeldCalls> _held = new();

    /// <summary>Called before each call with the name of its method: whether it is lost.</summary>
    public Func<string, bool>? Loses { get; set; }
    private readonly ConcurrentDictionary<string, Task> _delayed = new();

    /// <summary>How many calls of a method have failed.</summary>
    /// <param name="method">Its name, or the type of a grain, a dot, and its name.</param>
    public int CountFailed(string method) => _failed.GetValueOrDefault(method);

    /// <summary>How many calls of a method have arrived.</summary>
    public int CountPassed(string method) => _passed.GetValueOrDefault(method);

    public void Fail(string method) => _failing[method] = true;

    public void Mend(string method) => _failing.TryRemove(method, out _);

    /// <summary>Holds the calls of a method from here on.</summary>
    public HeldCalls Hold(string method)
        => _held[method] = new HeldCalls(() => _held.TryRemove(method, out _));

    /// <summary>Ends all faults.</summary>
    public void Clear()
    {
        Loses = null;
        _failing.Clear();
        foreach (HeldCalls each in _held.Values)
            each.Release();
    }

    /// <summary>Lets the next call of a method arrive only when a task has ended.</summary>
    public void Delay(string method, Task until) => _delayed[method] = until;

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        string method = context.MethodName;
        if (_delayed.TryRemove(method, out Task? until)) await until;
        if (_held.TryGetValue(method, out HeldCalls? held)) await held.PassAsync();
        bool isLost = _failing.ContainsKey(method) || Loses?.Invoke(method) == true;
        foreach (string name in (string[])[method, $"{context.TargetId.Type}.{method}"])
            (isLost ? _failed : _passed).AddOrUpdate(name, 1, static (_, count) => count + 1);
        if (isLost) throw new InvalidOperationException($"The test has lost a call of {method}.");

        await context.Invoke();
    }
}

/// <summary>Calls that wait until a test lets them go.</summary>
internal sealed class HeldCalls(Action end)
{
    private readonly TaskCompletionSource _reached =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _released =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when a call has come.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Lets all go, and holds no more.</summary>
    public void Release()
    {
        end();
        _released.TrySetResult();
    }

    public Task PassAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
