using Memento.Tests.Journals;
using Memento.Transactions;
using Microsoft.Extensions.Logging;

namespace Memento.Tests.Transactions;

/// <summary>The try fails that says whether transactions may begin without Orleans.</summary>
public sealed class LateIntroductionFailureTests
{
    [Fact]
    public async Task A_try_that_fails_lets_every_transaction_begin_through_Orleans()
    {
        var ambient = new AmbientTransaction(new NoContext());
        var log = new ListLogger<LateIntroduction>();
        var introduction = new LateIntroduction(
            ambient,
            new RemoteScene(),
            FakeGrainFactory.Of(
                static () => throw new InvalidOperationException("There are no grains.")),
            TimeProvider.System,
            log);

        await introduction.TryAsync();

        Assert.False(ambient.IsPossible);
        Assert.Null(ambient.Running);
        Assert.Equal(LogLevel.Warning, Assert.Single(log.Lines).Level);
    }

    private sealed class NoContext : IGrainContextAccessor
    {
        public IGrainContext GrainContext => null!;
    }
}
