using Memento.CrashChild;
using Memento.Tests.Crash;
using Memento.Tests.Faults;

namespace Memento.Tests.PostgreSql;

/// <summary>
/// A silo under mixed load, whose server is cut off, crashes and comes back. Afterwards nothing
/// acknowledged is missing, nothing is there by half, and memory is what the database has.
/// </summary>
public sealed class PostgresLoadTests
{
    private const int Faults = 8;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silo_goes_on_when_its_server_does(bool crashes)
    {
        int seed = Settings.RunSeed;
        var random = new Random(seed);
        PostgresServer server = PostgresServer.StartAnother();
        try
        {
            string place = server.ConnectionString("postgres");
            var ledger = new CrashLedger();
            CrashState inMemory;
            await using (MementoHost host = await CrashStorage.StartAsync(
                CrashStorage.PostgreSql, place))
            {
                await CrashLoad.FillAsync(host.Memento);
                using var output = new LineCounter(ledger.Take);
                using var ending = new CancellationTokenSource();
                Task load = new CrashLoad(host.Memento, 1, seed, output)
                    .RunThroughFaultsAsync(ending.Token);
                for (int fault = 0; fault < Faults; fault++)
                {
                    await output.WaitForMoreAsync(random.Next(10, 150)).WaitAsync(
                        FaultyStore.LongestWait, Token);
                    if (crashes)
                    {
                        server.Crash();
                        server.Start();
                    }
                    else
                    {
                        server.Execute(
                            """
                            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                            WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
                            """);
                    }
                }

                await output.WaitForMoreAsync(100).WaitAsync(FaultyStore.LongestWait, Token);
                await ending.CancelAsync();
                await load.WaitAsync(FaultyStore.LongestWait, Token);
                inMemory = await CrashState.ReadAsync(host);
            }

            CrashState stored = await CrashState.ReadAsync(CrashStorage.PostgreSql, place);
            ledger.Check(stored);
            inMemory.CheckSame(stored);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"MEMENTO_RUN_SEED={seed}", exception);
        }
        finally
        {
            server.End();
        }
    }

    /// <summary>Hands each line on, and tells when so many more have come.</summary>
    private sealed class LineCounter(Action<string> take) : TextWriter
    {
        private TaskCompletionSource? _reached;
        private int _missing;

        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        /// <summary>The load calls it under a lock of its own.</summary>
        public override void WriteLine(string? value)
        {
            take(value!);
            if (Interlocked.Decrement(ref _missing) == 0) _reached!.SetResult();
        }

        public Task WaitForMoreAsync(int lines)
        {
            var reached = new TaskCompletionSource(
                TaskCreationOptions.RunContinuationsAsynchronously);
            _reached = reached;
            Interlocked.Exchange(ref _missing, lines);
            return reached.Task;
        }
    }
}
