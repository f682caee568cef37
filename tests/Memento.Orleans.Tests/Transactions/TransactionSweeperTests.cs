using Memento.Participants;
using Memento.Tests.Journals;
using Microsoft.Extensions.Time.Testing;

namespace Memento.Tests.Transactions;

/// <summary>The sweeper, which ends transactions past their time limit once a second.</summary>
public sealed class TransactionSweeperTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ListLogger<TransactionSweeper> _logger = new();

    [Fact]
    public async Task Disposed_of_without_a_stop_it_ends()
    {
        var sweeper = new TransactionSweeper(new TransactionRegistry(_time), _time, _logger);
        sweeper.Start();

        sweeper.Dispose();
        _time.Advance(TransactionSweeper.Interval);

        await sweeper.Ended.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(_logger.Lines);
    }
}
