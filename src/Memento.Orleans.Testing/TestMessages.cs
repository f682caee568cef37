using Memento.Testing;

namespace Memento;

/// <summary>
/// The messages between the silos of a <see cref="MementoTestCluster"/>, and the faults of them.
/// </summary>
/// <remarks>
/// The messages from one silo to another are the calls that it sends there, and its answers to
/// calls from there: calls of the store, and of the grains of the application. The messages by
/// which Orleans finds out who is alive and where grains are go through, so no silo is taken for
/// dead. Calls of clients go through too.
/// </remarks>
public sealed class TestMessages
{
    private readonly FaultSet<Rule> _faults = new();

    internal TestMessages()
    {
    }

    internal bool HasFaults => _faults.All.Count > 0;

    /// <summary>
    /// Loses the messages from one silo to another. Whoever waits for one gets a
    /// <see cref="TimeoutException"/> at once, as if it had waited for long enough. A call that is
    /// lost is not carried out; a call whose answer is lost is.
    /// </summary>
    /// <param name="from">The silo that sends them.</param>
    /// <param name="to">The silo that they never reach.</param>
    public TestFault Drop(TestSilo from, TestSilo to) => Add(from, to, delay: null);

    /// <summary>
    /// Holds the messages from one silo to another up. At the end of the fault they arrive at once.
    /// </summary>
    /// <param name="from">The silo that sends them.</param>
    /// <param name="to">The silo that they reach later.</param>
    /// <param name="delay">How much later.</param>
    public TestFault Delay(TestSilo from, TestSilo to, TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return Add(from, to, delay);
    }

    internal async Task PassAsync(SiloAddress from, SiloAddress to)
    {
        foreach ((TestFault fault, Rule rule) in _faults.All)
        {
            if (!rule.From.Equals(from) || !rule.To.Equals(to)) continue;

            fault.Hit();
            if (rule.Delay is not { } delay)
            {
                throw new TimeoutException(
                    $"The message from {from} to {to} is lost, says the test. Dispose of the fault "
                    + "to end it.");
            }

            await Task.WhenAny(Task.Delay(delay), fault.Ended);
        }
    }

    internal void EndFaults() => _faults.EndAll();

    private TestFault Add(TestSilo from, TestSilo to, TimeSpan? delay)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        if (from == to)
        {
            throw new ArgumentException(
                $"{from} sends no messages to itself. Take two silos of the cluster.", nameof(to));
        }

        return _faults.Add(new Rule(from.Address, to.Address, delay));
    }

    private sealed record Rule(SiloAddress From, SiloAddress To, TimeSpan? Delay);
}
