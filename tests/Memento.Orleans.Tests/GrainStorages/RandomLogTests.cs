using System.Globalization;
using Memento.Storage;
using Xunit.Sdk;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.GrainStorages;

/// <summary>
/// Three silos append at once, make checkpoints and clear by themselves, stand still, and die at
/// any write. Each has a table of its own, so that it is known what has to be there.
/// </summary>
public sealed class RandomLogTests
{
    private const int Silos = 3;
    private const int Steps = 400;

    private static readonly string Long = new('x', 3_000);
    private static readonly int[] Keys = [.. Enumerable.Range(0, 40)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Silos_that_die_beside_the_checkpoints_of_others_lose_nothing(int seed)
    {
        await using var scene = new LogScene { CheckpointBytes = 6_000 };
        var others = new Others();
        Owner[] owners =
        [
            .. Enumerable.Range(0, Silos).Select(
                number => new Owner(scene, others, number, new Random((100 * seed) + number))),
        ];
        await Task.WhenAll(owners.Select(static owner => Task.Run(owner.RunAsync)));

        LogSilo reader = scene.New();
        await reader.Storage.OpenAsync(Token);
        foreach (Owner owner in owners)
            await owner.CheckAsync(reader);
        int deaths = owners.Sum(static owner => owner.Deaths);
        Assert.True(deaths >= 5, $"Only {deaths} silos have died.");

        await AssertNothingIsLeftAsync(scene, reader, owners);
    }

    /// <summary>Without the tables and the outcomes, little more than the image is left.</summary>
    private static async Task AssertNothingIsLeftAsync(
        LogScene scene, LogSilo reader, Owner[] owners)
    {
        foreach (Owner owner in owners)
            await owner.LeaveAsync(reader);
        scene.Time.MoveOn(TimeSpan.FromHours(3));
        await reader.Scene.WriteNoteAsync("time", "{}");
        for (int checkpoint = 1; checkpoint <= 3; checkpoint++)
        {
            Assert.True(await reader.Storage.CheckpointAsync(Token));
            scene.PassClearDelay();
            await reader.Storage.ClearAsync(Token);
        }

        // A silo that dies while it writes a checkpoint that another one has passed leaves runs.
        string[] runs =
        [
            .. scene.Provider.Keys
                .Where(static key => key.StartsWith("run-", StringComparison.Ordinal))
                .Select(static key => key.Split('-')[1]).Distinct(),
        ];
        Assert.True(runs.Length < 15, string.Join(", ", runs));

        // A state that a silo makes where the log was cleared stays: nobody reads it.
        int states = scene.Provider.Keys.Count(
            static key => key.StartsWith("log-", StringComparison.Ordinal));
        Assert.True(states < 30, $"{states} states of the log are left.");
    }

    /// <summary>How far the silos have come together.</summary>
    private sealed class Others
    {
        private int _steps;
        private int _still;

        public void Step() => Interlocked.Increment(ref _steps);

        /// <summary>Stands still while the others go on for a while, or to their end.</summary>
        public async Task GoOnAsync(int own)
        {
            if (Interlocked.CompareExchange(ref _still, 1, 0) == 1) return;

            int until = Volatile.Read(ref _steps) + 100;
            int end = own + ((Silos - 1) * Steps);
            while (Volatile.Read(ref _steps) is var steps && steps < until && steps < end)
                await Task.Delay(TimeSpan.FromMilliseconds(1), Token);
            Volatile.Write(ref _still, 0);
        }
    }

    /// <summary>The owners of one table, one after the other, and what has to be in it.</summary>
    private sealed class Owner(LogScene scene, Others others, int number, Random random)
    {
        private readonly string _table = $"t{number}";
        private readonly Queue<Guid> _decided = new();
        private SortedDictionary<int, string> _rows = [];
        private SortedDictionary<int, string>? _next;
        private LogSilo? _silo;
        private long _epoch;
        private bool _isDead;

        public int Deaths { get; private set; }

        public async Task RunAsync()
        {
            await StartAsync();
            for (int step = 1; step <= Steps; step++)
            {
                others.Step();
                scene.Time.MoveOn(TimeSpan.FromSeconds(random.NextDouble()));
                try
                {
                    await StepAsync(step);
                }
                catch (Exception failure) when (_isDead && failure is not XunitException)
                {
                    Deaths++;
                    await StartAsync();
                }
            }
        }

        /// <summary>The table is as it has to be, with or without what had no answer.</summary>
        /// <param name="silo">The silo that loads it.</param>
        /// <param name="step">The step, if the load takes long.</param>
        public async Task CheckAsync(LogSilo silo, int? step = null)
        {
            SortedDictionary<int, string> found = [];
            await foreach (StoredRow row in silo.Storage.LoadAsync(_table, 0, Token))
            {
                found.Add(row.Key[1], ValueOf(row));
                if (found.Count == 3 && step is { } own) await others.GoOnAsync(own);
            }

            if (_next is not null && found.SequenceEqual(_next)) _rows = _next;
            _next = null;
            Assert.Equal(_rows, found);
        }

        /// <summary>Ends the silo, and drops its table in another one.</summary>
        public async Task LeaveAsync(LogSilo other)
        {
            await _silo!.Storage.DisposeAsync();
            await other.Storage.DropTableAsync(_table, Token);
        }

        /// <summary>A new silo becomes the owner. It dies at one of its next writes.</summary>
        private async Task StartAsync()
        {
            LogSilo silo = _silo = scene.New();
            _isDead = false;
            await silo.Storage.OpenAsync(Token);
            await silo.Storage.CreateTableAsync(_table, Token);
            _epoch = await silo.Storage.RaiseEpochAsync(_table, 0, Token);
            await CheckAsync(silo);
            int left = random.Next(20, 400);
            bool isLastWritten = random.Next(2) == 0;
            silo.Process.OnWrite = async (_, write) =>
            {
                if (Interlocked.Decrement(ref left) > 0)
                {
                    await write();
                    return;
                }

                _isDead |= _silo == silo;
                silo.Process.Die();
                if (isLastWritten) await write();
                throw FaultyGrainStorage.Gone();
            };
        }

        private async Task StepAsync(int step)
        {
            switch (random.Next(40))
            {
                case 0:
                    await others.GoOnAsync(step);
                    break;
                case 1:
                    await CheckAsync(_silo!, step);
                    break;
                case 2 or 3:
                    await CheckAsync(_silo!);
                    break;
                case 4:
                    await MakeTableAnewAsync();
                    break;
                case 5 or 6:
                    await _silo!.Storage.ClearAsync(Token);
                    break;
                case 7 when _decided.TryDequeue(out Guid id):
                    Assert.Equal(
                        TransactionOutcome.Committed, await _silo!.Storage.DecideAsync(id, Token));
                    break;
                default:
                    await WriteAsync(step, clears: random.Next(30) == 0);
                    break;
            }
        }

        private async Task MakeTableAnewAsync()
        {
            _next = [];
            await _silo!.Storage.DropTableAsync(_table, Token);
            await _silo.Storage.CreateTableAsync(_table, Token);
            _epoch = await _silo.Storage.RaiseEpochAsync(_table, 0, Token);
            End();
        }

        private async Task WriteAsync(int step, bool clears)
        {
            _next = clears ? [] : new(_rows);
            List<RowWrite> writes = [];
            foreach (int key in random.GetItems(Keys, random.Next(1, 7)).Distinct())
            {
                string? value = random.Next(4) switch
                {
                    0 => null,
                    1 => step.ToString(CultureInfo.InvariantCulture) + Long,
                    _ => step.ToString(CultureInfo.InvariantCulture),
                };
                writes.Add(Row(key, value, _table));
                if (value is null)
                    _next.Remove(key);
                else
                    _next[key] = value;
            }

            var entry = new JournalEntry
            {
                TransactionId = Guid.NewGuid(),
                Clears = clears ? [_table] : [],
                Writes = writes,
                Epochs = [new PartitionEpoch(_table, 0, _epoch)],
                KeepsOutcome = random.Next(3) == 0,
            };
            await _silo!.Scene.WriteAsync(entry);
            End();
            if (entry.KeepsOutcome) _decided.Enqueue(entry.TransactionId);
        }

        private void End() => (_rows, _next) = (_next!, null);
    }
}
