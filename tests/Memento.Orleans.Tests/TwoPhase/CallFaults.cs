using System.Collections.Concurrent;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Fails calls of Orleans' two-phase commit by the names of their methods, as if they were lost.
/// </summary>
internal sealed class CallFaults : IIncomingGrainCallFilter
{
    private readonly ConcurrentDictionary<string, int> _failed = new();
    private readonly ConcurrentDictionary<string, int> _passed = new();
    private readonly ConcurrentDictionary<string, bool> _failing = new();

    /// <summary>How many calls of a method have failed.</summary>
    public int CountFailed(string method) => _failed.GetValueOrDefault(method);

    /// <summary>How many calls of a method have arrived.</summary>
    public int CountPassed(string method) => _passed.GetValueOrDefault(method);

    public void Fail(string method) => _failing[method] = true;

    public void Mend(string method) => _failing.TryRemove(method, out _);

    public Task Invoke(IIncomingGrainCallContext context)
    {
        string method = context.MethodName;
        bool isLost = _failing.ContainsKey(method);
        (isLost ? _failed : _passed).AddOrUpdate(method, 1, static (_, count) => count + 1);
        if (!isLost) return context.Invoke();

        throw new InvalidOperationException($"The test has lost a call of {method}.");
    }
}
