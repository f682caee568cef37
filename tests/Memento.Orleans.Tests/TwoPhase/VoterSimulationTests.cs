namespace Memento.Tests.TwoPhase;

/// <summary>
/// Partitions that a transactional grain decides, under a seeded scheduler: messages are lost,
/// doubled, late and in any order, writes fail and are in doubt, and both sides crash.
/// </summary>
public sealed class VoterSimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void No_schedule_applies_twice_or_by_half_or_leaves_a_lock()
    {
        int committed = 0;
        for (int seed = 0; seed < 20_000; seed++)
        {
            var simulation = new VoterSimulation(seed);
            try
            {
                if (simulation.Run()) committed++;
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(
                    $"Seed {seed}:{Environment.NewLine}{simulation.Story}", exception);
            }
        }

        output.WriteLine($"{committed} of 20,000 were committed");
        Assert.InRange(committed, 2_000, 18_000);
    }

    [Theory]
    [InlineData(VoterFault.VotesBeforeItIsDurable)]
    [InlineData(VoterFault.AppliesBeforeItIsDurable)]
    [InlineData(VoterFault.DropsByItsClock)]
    public void A_planted_bug_is_found(VoterFault fault)
    {
        for (int seed = 0; seed < 20_000; seed++)
        {
            try
            {
                new VoterSimulation(seed) { Fault = fault }.Run();
            }
            catch (Exception exception) when (exception is not NullReferenceException)
            {
                output.WriteLine($"Seed {seed} finds it: {exception.Message}");
                return;
            }
        }

        Assert.Fail("No schedule has found it.");
    }
}
