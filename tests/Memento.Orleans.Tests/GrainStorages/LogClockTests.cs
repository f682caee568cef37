using Memento.Storage;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.GrainStorages;

/// <summary>How long the outcomes of transactions stay, and by which clock.</summary>
public sealed class LogClockTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    public async Task A_silo_whose_wall_clock_is_wrong_lets_no_outcome_go(int hours)
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        var id = Guid.NewGuid();
        await silo.Scene.WriteAsync(Deciding(id, Row(1, "a")));

        LogSilo wrong = await scene.OpenAsync(new WallTime { Ahead = TimeSpan.FromHours(hours) });
        await wrong.Scene.WriteAsync(Row(2, "b"));
        await wrong.Storage.CheckpointAsync(Token);

        foreach (LogSilo each in (LogSilo[])[wrong, silo, await scene.OpenAsync()])
            Assert.Equal(TransactionOutcome.Committed, await each.Storage.DecideAsync(id, Token));
    }

    [Fact]
    public async Task An_outcome_goes_after_two_hours_of_the_log()
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        var id = Guid.NewGuid();
        await silo.Scene.WriteAsync(Deciding(id, Row(1, "a")));
        await silo.Storage.CheckpointAsync(Token);
        await StayAsync(silo);

        scene.Time.MoveOn(TimeSpan.FromMinutes(119));
        await StayAsync(silo);
        await StayAsync(await scene.OpenAsync());

        // Slices of ten minutes go at once.
        scene.Time.MoveOn(TimeSpan.FromMinutes(12));
        Assert.Equal(TransactionOutcome.Aborted, await silo.Storage.DecideAsync(id, Token));
        LogSilo other = await scene.OpenAsync();
        Assert.Equal(TransactionOutcome.Aborted, await other.Storage.DecideAsync(id, Token));

        async Task StayAsync(LogSilo each)
            => Assert.Equal(
                TransactionOutcome.Committed, await each.Storage.DecideAsync(id, Token));
    }
}
