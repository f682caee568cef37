using System.Diagnostics;
using System.Globalization;
using Memento.Locks;
using Memento.Participants;
using Memento.Storage;

namespace Memento.Benchmarks;

/// <summary>
/// Measures the cost of ended transactions of clients in a silo: joining each, remembering its
/// outcome, and forgetting it. It simulates an hour at 10,000 a second, with a clock that it sets.
/// </summary>
internal static class EndedTransactionsProbe
{
    private const int Seconds = 3_600;
    private const int EachSecond = 10_000;

    public static Task<int> RunAsync()
    {
        var time = new ToldTime();
        var registry = new TransactionRegistry(time);
        long limit = (long)TransactionOptions.DefaultTimeout.TotalSeconds * time.TimestampFrequency;
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        TimeSpan longestSweep = TimeSpan.Zero;
        TimeSpan sweeps = TimeSpan.Zero;
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        for (int second = 0; second < Seconds; second++)
        {
            for (int i = 0; i < EachSecond; i++)
            {
                var id = Guid.NewGuid();
                TransactionState state = registry.Join(id, () => new TransactionState(
                    id, new TransactionAge(1, id), time.Now + limit, generation: 0, null!, time)
                {
                    IsJoined = true,
                });
                registry.Remove(state, TransactionOutcome.Aborted);
            }

            time.Now += time.TimestampFrequency;
            long started = Stopwatch.GetTimestamp();
            registry.Sweep();
            TimeSpan sweep = Stopwatch.GetElapsedTime(started);
            sweeps += sweep;
            if (sweep > longestSweep) longestSweep = sweep;
        }

        cpu = Environment.CpuUsage.TotalTime - cpu;
        memory = GC.GetTotalMemory(forceFullCollection: true) - memory;
        double lasting =
            (TransactionOptions.DefaultTimeout + TransactionRegistry.Memory).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(long)Seconds * EachSecond:N0} transactions, "
            + $"{cpu.TotalNanoseconds / Seconds / EachSecond:F0} ns of CPU each; a sweep "
            + $"{sweeps.TotalMicroseconds / Seconds:F1} us, the longest "
            + $"{longestSweep.TotalMicroseconds:F0} us; at the end {memory >> 20:N0} MiB, "
            + $"{memory / lasting / EachSecond:F0} B for each of the last {lasting:F0} s"));
        GC.KeepAlive(registry);
        return Task.FromResult(0);
    }

    private sealed class ToldTime : TimeProvider
    {
        public long Now { get; set; } = 1;

        public override long GetTimestamp() => Now;
    }
}
