using Memento.Commit;
using Memento.Participants;
using Microsoft.Extensions.Time.Testing;

namespace Memento.Tests.Clusters;

/// <summary>Which outcomes in the storage nobody asks for any more.</summary>
public sealed class OldOutcomesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly OldOutcomes _old;

    public OldOutcomesTests() => _old = new OldOutcomes(_time);

    [Fact]
    public void Where_the_caller_has_its_answer_the_next_commit_forgets()
    {
        var id = Guid.NewGuid();
        _old.Add(id, mayBeAskedFor: false);

        Assert.Equal([id], _old.Take());
        Assert.Empty(_old.Take());
    }

    [Fact]
    public void Where_the_caller_may_have_lost_its_answer_it_is_forgotten_after_the_memory()
    {
        var id = Guid.NewGuid();
        _old.Add(id, mayBeAskedFor: true);
        _time.Advance(TransactionRegistry.Memory - TimeSpan.FromSeconds(1));
        Assert.Empty(_old.Take());

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([id], _old.Take());
    }

    [Fact]
    public void A_commit_forgets_a_few_and_the_next_ones_the_rest()
    {
        var ids = Enumerable.Range(0, 3 * OldOutcomes.MostAtOnce)
            .Select(static _ => Guid.NewGuid()).ToList();
        foreach ((int number, Guid id) in ids.Index())
            _old.Add(id, mayBeAskedFor: number % 2 == 0);
        _time.Advance(TransactionRegistry.Memory);

        List<Guid> taken = [];
        while (_old.Take() is { Count: > 0 } some)
        {
            Assert.InRange(some.Count, 1, OldOutcomes.MostAtOnce);
            taken.AddRange(some);
        }

        Assert.Equal(ids.Order(), taken.Order());
    }
}
