using Memento.CrashChild;
using Memento.Journaling;
using Memento.Storage.Sqlite;
using Memento.Tests.Crash;
using Memento.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.PowerLoss;

/// <summary>
/// A silo under load on SQLite, whose power goes at random moments. Each moment is a copy of the
/// disk, while the load goes on: what would be found there is opened and compared with what had
/// been acknowledged. The next silo starts on one of these, or on nothing, as the first one does.
/// </summary>
internal sealed class PowerLossRun(string storage, int seed) : IDisposable
{
    /// <summary>The power losses of a silo's life, from its start on.</summary>
    private const int LossesOfSilo = 20;

    /// <summary>One silo in so many starts on nothing.</summary>
    private const int Beginnings = 4;

    /// <summary>The most acknowledgements from one copy of the log to the next.</summary>
    private const int MostLines = 60;

    /// <summary>
    /// The most steps of the disk between two power losses, of one silo after the other. With few,
    /// all of them are in the start.
    /// </summary>
    private static readonly int[] MostSteps = [400, 16, 60];

    private readonly Random _random = new(seed);
    private readonly string _root = Directory.CreateTempSubdirectory("memento-power-").FullName;

    /// <summary>What was acknowledged before the moment at which the silo's disk begins.</summary>
    private List<string> _lines = [];
    private string? _begin;

    /// <summary>How often the log was copied into the file.</summary>
    public int Checkpoints { get; private set; }

    /// <summary>What was acknowledged in the life of the last silo.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Takes the power so often.</summary>
    /// <returns>What was acknowledged and not found, with the number of the loss.</returns>
    public async Task<List<string>> RunAsync(int losses)
    {
        var lost = new List<string>();
        for (int before = 0; before < losses; before += LossesOfSilo)
        {
            int round = 1 + (before / LossesOfSilo);
            List<Loss> taken = await LiveAsync(round, Math.Min(LossesOfSilo, losses - before));
            for (int i = 0; i < taken.Count; i++)
            {
                int number = 1 + before + i;
                string directory = Write(taken[i], number, "check");
                lost.AddRange((await CheckAsync(taken[i], directory, number))
                    .Select(each => $"Power loss {number}: {each}"));
                Directory.Delete(directory, recursive: true);
            }

            int next = _random.Next(taken.Count);
            bool isNothing = _random.Next(Beginnings) == 0;
            _begin = isNothing ? null : Write(taken[next], 1 + before + next, "begin");
            _lines = isNothing ? [] : taken[next].Acknowledged;
        }

        return lost;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string PathIn(string directory) => Path.Combine(directory, "crash.db");

    /// <summary>Starts a silo and takes the power from it while it starts and works.</summary>
    private async Task<List<Loss>> LiveAsync(int round, int losses)
    {
        string directory = Path.Combine(_root, $"round-{round}");
        if (_begin is null)
            Directory.CreateDirectory(directory);
        else
            Directory.Move(_begin, directory);
        var said = new Acknowledgements(_lines);
        int mostSteps = MostSteps[(round - 1) % MostSteps.Length];
        var moments = new Moments(new Random(_random.Next()), mostSteps, losses, said);
        var disk = new PowerDisk(moments.Step);
        disk.Load(directory);
        using var vfs = new PowerLossVfs(disk);
        await using (MementoHost host = await CrashStorage.StartAsync(
            storage, $"{PathIn(directory)};Vfs={vfs.Name}"))
        {
            var journal =
                (SqliteJournalStorage)host.Services.GetRequiredService<DurableStorage>().Journal!;
            said.CopyLogEvery(
                MostLines,
                new Random(_random.Next()),
                () => journal.Writer.WhenWritten!(SqliteCheckpointer.Pages));
            await CrashLoad.FillAsync(host.Memento);
            using var ending = new CancellationTokenSource();
            Task load = new CrashLoad(host.Memento, round, _random.Next(), said)
                .RunUntilAsync(ending.Token);
            await Task.WhenAny(load, moments.Taken).WaitAsync(FaultyStore.LongestWait);
            await ending.CancelAsync();
            await load;
            Checkpoints += journal.Checkpointer.Completed;
        }

        Directory.Delete(directory, recursive: true);
        List<Loss> taken = await moments.Taken;
        Acknowledged += taken[^1].Acknowledged.Count - _lines.Count;
        return taken;
    }

    private string Write(Loss loss, int number, string name)
    {
        string directory = Path.Combine(_root, $"{name}-{number}");
        loss.Image.WriteTo(
            directory, PowerLuck.Any(new Random(unchecked((seed * 397) + number))));
        return directory;
    }

    /// <returns>What was acknowledged and is not there.</returns>
    private async Task<string[]> CheckAsync(Loss loss, string directory, int number)
    {
        var ledger = new CrashLedger();
        foreach (string line in loss.Acknowledged)
            ledger.Take(line);
        try
        {
            CrashState state = await CrashState.ReadAsync(storage, PathIn(directory));
            CrashLedger.CheckWhole(state);
            ledger.CheckOrder(state);
            Assert.True(
                state.NextNumber > state.Receipts.Select(each => each.Id).DefaultIfEmpty().Max());
            return ledger.Lost(state);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException(
                $"What power loss {number} left cannot be used.", exception);
        }
    }

    /// <summary>A moment: the disk, and what had been acknowledged before.</summary>
    private sealed record Loss(DiskImage Image, List<string> Acknowledged);

    /// <summary>Takes the power at random steps of the disk.</summary>
    private sealed class Moments(
        Random random, int mostSteps, int count, Acknowledgements said)
    {
        private readonly List<Loss> _losses = [];
        private readonly TaskCompletionSource<List<Loss>> _taken =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        private int _stepsLeft = random.Next(1, mostSteps);

        public Task<List<Loss>> Taken => _taken.Task;

        public void Step(PowerDisk disk)
        {
            if (_losses.Count == count || --_stepsLeft > 0) return;
            _stepsLeft = random.Next(1, mostSteps);
            List<string> acknowledged = said.Lines();
            _losses.Add(new Loss(disk.TakePower(), acknowledged));
            if (_losses.Count == count) _taken.SetResult(_losses);
        }
    }

    /// <summary>The lines of the load, and a copy of the log now and then.</summary>
    private sealed class Acknowledgements(List<string> before) : TextWriter
    {
        private readonly Lock _gate = new();
        private readonly List<string> _lines = [.. before];
        private Action? _copyLog;
        private Random? _random;
        private int _most;
        private int _linesLeft;

        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public List<string> Lines()
        {
            lock (_gate)
                return [.. _lines];
        }

        public void CopyLogEvery(int mostLines, Random random, Action copyLog)
        {
            _most = mostLines;
            _random = random;
            _copyLog = copyLog;
        }

        /// <summary>The load calls it under a lock of its own.</summary>
        public override void WriteLine(string? value)
        {
            lock (_gate)
                _lines.Add(value!);
            if (--_linesLeft > 0) return;
            _linesLeft = _random!.Next(1, _most);
            _copyLog!();
        }
    }
}
