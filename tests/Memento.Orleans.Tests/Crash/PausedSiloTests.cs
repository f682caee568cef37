using System.Diagnostics;
using Memento.CrashChild;
using Memento.Tests.Conformance;
using Memento.Tests.PostgreSql;

namespace Memento.Tests.Crash;

/// <summary>
/// A silo process that is stopped by a signal, and goes on when another silo has its partitions, or
/// MEMENTO_PAUSE_SECONDS later.
/// </summary>
public sealed class PausedSiloTests
{
    [Fact]
    public async Task A_silo_that_was_stopped_by_a_signal_answers_nothing_stale_when_it_goes_on()
    {
        await using var place = new PostgresUnderTest();
        using var child = new CrashProcess(
            CrashStorage.PostgreSql, place.ConnectionString, round: -1, seed: 0);
        Assert.Equal("starting", await child.HearAsync());
        Assert.Equal("ready", await child.HearAsync());
        await child.SayAsync("put old");
        Assert.Equal("put old", await child.HearAsync());
        await child.SayAsync("get");
        Assert.Equal("ram old disk old", await child.HearAsync());

        Signal(child, "STOP");
        await using (MementoHost host = await CrashStorage.StartAsync(
            CrashStorage.PostgreSql, place.ConnectionString).Within())
        {
            await host.Memento.TransactionAsync(async tx =>
            {
                await tx.WriteAsync(new CrashWord { Id = CrashAnswers.Number, Text = "new" });
                await tx.WriteAsync(new CrashNote { Id = CrashAnswers.Number, Text = "new" });
            }).Within();

            // What it is asked while it stands still too: it answers as soon as it goes on.
            await child.SayAsync("get");
            await Task.Delay(
                TimeSpan.FromSeconds(Settings.Number("MEMENTO_PAUSE_SECONDS", 0)),
                TestContext.Current.CancellationToken);
            Signal(child, "CONT");
            await AnswersNothingOldAsync(child);
            for (int asked = 0; asked < 20; asked++)
            {
                await child.SayAsync("get");
                await AnswersNothingOldAsync(child);
            }

            CrashNote? note = await host.Memento.TransactionAsync(
                async tx => await tx.ReadAsync<CrashNote>(CrashAnswers.Number)).Within();
            Assert.Equal("new", note!.Text);
        }
    }

    private static async Task AnswersNothingOldAsync(CrashProcess child)
    {
        string answer = await child.HearAsync();
        Assert.DoesNotContain("old", answer, StringComparison.Ordinal);
        Assert.True(
            answer.StartsWith(CrashAnswers.Error, StringComparison.Ordinal)
                || answer.EndsWith("disk new", StringComparison.Ordinal),
            answer);
    }

    private static void Signal(CrashProcess child, string signal)
    {
        using Process kill = Process.Start("kill", $"-{signal} {child.Id}");
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
