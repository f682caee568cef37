using System.Collections.Immutable;

namespace Memento.Testing;

/// <summary>The faults that go on, each with what it does.</summary>
internal sealed class FaultSet<TRule>
{
    private ImmutableList<(TestFault Fault, TRule Rule)> _faults = [];

    public ImmutableList<(TestFault Fault, TRule Rule)> All => Volatile.Read(ref _faults);

    public TestFault Add(TRule rule)
    {
        var fault = new TestFault(Remove);
        ImmutableInterlocked.Update(ref _faults, faults => faults.Add((fault, rule)));
        return fault;
    }

    public void EndAll()
    {
        foreach ((TestFault fault, _) in All)
            fault.Dispose();
    }

    private void Remove(TestFault fault)
        => ImmutableInterlocked.Update(
            ref _faults, faults => faults.RemoveAll(each => each.Fault == fault));
}
