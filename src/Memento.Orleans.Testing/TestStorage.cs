using Memento.Storage;
using Memento.Testing;

namespace Memento;

/// <summary>
/// The storage of a <see cref="MementoTestCluster"/>, which all of its silos share, and the faults
/// of it. It stays when silos stop, die and start.
/// </summary>
/// <remarks>
/// It is in memory, unless the test chooses one (<c>UseSqlite</c>, <c>UsePostgreSql</c> and so on).
/// The faults work on either.
/// </remarks>
public sealed class TestStorage
{
    private readonly MemoryDisk _disk = new();
    private readonly FaultSet<Rule> _faults = new();

    internal TestStorage()
    {
    }

    private enum Kind
    {
        Fail = 0,
        Delay = 1,
        Hold = 2,
        LoseAnswers = 3,
    }

    /// <summary>
    /// Lets every call of the storage fail with a <see cref="StorageException"/>, as if its
    /// database were down. Nothing of a commit is kept.
    /// </summary>
    public TestFault Fail() => _faults.Add(new Rule(Kind.Fail));

    /// <summary>Lets every call of the storage take longer.</summary>
    /// <param name="delay">How much longer.</param>
    public TestFault Delay(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return _faults.Add(new Rule(Kind.Delay, delay));
    }

    /// <summary>
    /// Lets every commit stand still in the storage. None of them is kept before the end of the
    /// fault, and none of a silo that is killed meanwhile ever.
    /// </summary>
    public TestFault Hold() => _faults.Add(new Rule(Kind.Hold));

    /// <summary>
    /// Loses the answer to every commit, so that it is in doubt. The silos ask what became of it,
    /// and get an answer after the end of the fault. A caller who has waited for 10 s gets a
    /// <see cref="TransactionInDoubtException"/>.
    /// </summary>
    /// <param name="areKept">Whether the storage has kept the commits.</param>
    public TestFault LoseAnswers(bool areKept)
        => _faults.Add(new Rule(Kind.LoseAnswers, AreKept: areKept));

    /// <summary>The storage of one silo, in memory.</summary>
    internal IJournalStorage Create() => Wrap(new MemoryJournalStorage(_disk));

    /// <summary>The storage of one silo, with the faults.</summary>
    internal IJournalStorage Wrap(IJournalStorage inner)
        => new FaultyStorage(inner)
        {
            IsShared = true,
            Before = BeforeAsync,
            Plan = (_, _) => LoseAnswer(),
            SettleFault = () => Find(Kind.LoseAnswers) is null ? null : Error(),
        };

    internal void EndFaults() => _faults.EndAll();

    private static StorageException Error()
        => new("The storage does not answer, says the test. Dispose of the fault to end it.");

    private Fault? LoseAnswer()
    {
        if (Find(Kind.LoseAnswers) is not { } found) return null;

        found.Fault.Hit();
        return new Fault(
            new BatchInDoubtException("The answer was lost, says the test.", Error()),
            found.Rule.AreKept);
    }

    private (TestFault Fault, Rule Rule)? Find(Kind kind)
    {
        foreach ((TestFault Fault, Rule Rule) each in _faults.All)
        {
            if (each.Rule.Kind == kind) return each;
        }

        return null;
    }

    private async Task BeforeAsync(bool isCommit, CancellationToken cancellationToken)
    {
        foreach ((TestFault fault, Rule rule) in _faults.All)
        {
            switch (rule.Kind)
            {
                case Kind.Fail:
                    fault.Hit();
                    throw Error();
                case Kind.Delay:
                    fault.Hit();
                    await Task.WhenAny(Task.Delay(rule.Delay, cancellationToken), fault.Ended)
                        .ConfigureAwait(false);
                    break;
                case Kind.Hold when isCommit:
                    fault.Hit();
                    await fault.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private sealed record Rule(Kind Kind, TimeSpan Delay = default, bool AreKept = false);
}
