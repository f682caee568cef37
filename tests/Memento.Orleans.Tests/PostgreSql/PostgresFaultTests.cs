using Memento.Storage;
using Memento.Storage.PostgreSql;
using Memento.Tests.Compliance;

namespace Memento.Tests.PostgreSql;

/// <summary>
/// A server that stops, and connections that are cut, while batches are written. Afterwards all
/// that was acknowledged is there, each batch as a whole.
/// </summary>
public sealed class PostgresFaultTests
{
    private const int Keys = 50;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_cut_at_random_lose_nothing_and_write_nothing_twice()
    {
        int seed = Settings.RunSeed;
        await using var place = new PostgresUnderTest();
        await using IJournalStorage storage = place.Create();
        var ledger = new Ledger(await StorageScene.OpenAsync(storage));
        using var ending = new CancellationTokenSource();
        Task writing = Task.Run(() => ledger.WriteAsync(ending.Token), Token);

        var random = new Random(seed);
        for (int cut = 0; cut < 30; cut++)
        {
            await ledger.WaitForAsync(ledger.Acknowledged + random.Next(1, 12));
            place.Cut();
        }

        await ending.CancelAsync();
        await writing;
        await ledger.CheckAsync($"MEMENTO_RUN_SEED={seed}");
    }

    [Fact]
    public async Task A_server_that_crashes_under_load_and_starts_again_is_found_again()
    {
        PostgresServer server = PostgresServer.StartAnother();
        string connection = server.ConnectionString("postgres");
        await using var storage = new PostgreSqlJournalStorage(connection);
        var ledger = new Ledger(await StorageScene.OpenAsync(storage));
        using var ending = new CancellationTokenSource();
        Task writing = Task.Run(() => ledger.WriteAsync(ending.Token), Token);
        for (int crash = 0; crash < 3; crash++)
        {
            await ledger.WaitForAsync(ledger.Acknowledged + 20);
            server.Crash();
            server.Start();
        }

        await ledger.WaitForAsync(ledger.Acknowledged + 20);
        await ending.CancelAsync();
        await writing;
        await ledger.CheckAsync("crash");
        await storage.DisposeAsync();
        server.Crash();
    }

    [Fact]
    public async Task Of_two_silos_that_fence_each_other_only_the_owner_writes()
    {
        await using var place = new PostgresUnderTest();
        await using IJournalStorage first = place.Create();
        await using IJournalStorage second = place.Create();
        StorageScene[] scenes =
            [await StorageScene.OpenAsync(first), await StorageScene.OpenAsync(second)];
        List<string>[] written = [[], []];

        // Each takes the partition, writes until the other takes it, and takes it again.
        await Task.WhenAll(Enumerable.Range(0, 2).Select(number => Task.Run(
            async () =>
            {
                StorageScene scene = scenes[number];
                for (int turn = 0; turn < 10; turn++)
                {
                    await scene.OwnAsync();
                    string[] found = await scene.RowsAsync();
                    try
                    {
                        for (int write = 0; write < 10; write++)
                        {
                            // A key is the number of rows that its writer knows: two writers that
                            // did not know of each other would write the same one.
                            await scene.WriteAsync(StorageScene.Row(
                                found.Length + write, $"{number}-{turn}-{write}"));
                            written[number].Add(
                                $"{found.Length + write}={number}-{turn}-{write}");
                        }
                    }
                    catch (FencedException)
                    {
                        // The other one has taken it.
                    }
                }
            },
            Token)));

        Assert.Equal(
            written[0].Concat(written[1]).Order(StringComparer.Ordinal),
            (await scenes[0].RowsAsync()).Order(StringComparer.Ordinal));
    }

    /// <summary>Writes batches of two rows, and notes which of them were acknowledged.</summary>
    private sealed class Ledger(StorageScene scene)
    {
        private readonly string?[] _values = new string?[Keys];
        private readonly Lock _gate = new();
        private TaskCompletionSource _moved = New();
        private int _acknowledged;

        public int Acknowledged
        {
            get
            {
                lock (_gate)
                    return _acknowledged;
            }
        }

        public async Task WaitForAsync(int number)
        {
            while (true)
            {
                Task moved;
                lock (_gate)
                {
                    if (_acknowledged >= number) return;
                    moved = _moved.Task;
                }

                await moved.WaitAsync(TimeSpan.FromSeconds(60), Token);
            }
        }

        public async Task WriteAsync(CancellationToken ending)
        {
            for (int number = 0; !ending.IsCancellationRequested; number++)
            {
                JournalBatch batch = scene.Batch(
                    scene.Entry(StorageScene.Row(number % Keys, $"{number}")),
                    scene.Entry(StorageScene.Row(Keys + (number % Keys), $"{number}")));
                if (!await IsKeptAsync(batch)) continue;

                lock (_gate)
                {
                    _values[number % Keys] = $"{number}";
                    _acknowledged++;
                    _moved.SetResult();
                    _moved = New();
                }
            }
        }

        /// <summary>Both rows of each batch that was kept, and nothing else.</summary>
        public async Task CheckAsync(string run)
        {
            string[] expected =
            [
                .. _values.Index().Where(static each => each.Item is not null)
                    .SelectMany(static each => (string[])
                        [$"{each.Index}={each.Item}", $"{Keys + each.Index}={each.Item}"])
                    .Order(StringComparer.Ordinal),
            ];
            string[] found = [.. (await scene.RowsAsync()).Order(StringComparer.Ordinal)];
            Assert.True(
                expected.SequenceEqual(found),
                $"{run}: {string.Join(' ', expected)} is not {string.Join(' ', found)}");
        }

        private static TaskCompletionSource New()
            => new(TaskCreationOptions.RunContinuationsAsynchronously);

        private async Task<bool> IsKeptAsync(JournalBatch batch)
        {
            try
            {
                await scene.Storage.WriteAsync(batch, Token);
                return true;
            }
            catch (StorageException)
            {
                return false;
            }
            catch (BatchInDoubtException)
            {
                return await SettleAsync(batch);
            }
        }

        private async Task<bool> SettleAsync(JournalBatch batch)
        {
            while (true)
            {
                try
                {
                    return await scene.Storage.SettleAsync(batch, Token);
                }
                catch (StorageException)
                {
                    // As the journal does, until the server is there again.
                    await Task.Yield();
                }
            }
        }
    }
}
