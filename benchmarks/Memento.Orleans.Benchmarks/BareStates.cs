using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Memento.Benchmarks;

/// <summary>
/// Makes states in a grain storage, one after the other, each as large as a batch of the store's
/// log, with nothing around them: the most that the log of one silo can reach.
/// </summary>
internal static class BareStates
{
    /// <summary>About what a row takes in the log: its document, its key, its table.</summary>
    private const int BytesPerRow = Entry.BodyLength + 120;

    /// <summary>How many states a second can be made.</summary>
    public static async Task<double> MeasureAsync(
        IServiceProvider services, int rowsPerState, TimeSpan duration)
    {
        var storage = services.GetRequiredKeyedService<IGrainStorage>(
            BenchmarkStorage.GrainStorage);
        byte[] content = new byte[rowsPerState * BytesPerRow];
        new Random(1).NextBytes(content);
        string run = $"{Guid.NewGuid():N}";
        long made = 0;
        long started = Stopwatch.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            await storage.WriteStateAsync(
                "bare",
                GrainId.Create("memento.bare", $"{run}-{made++}"),
                new GrainState<BareState>(new BareState { Content = content }));
            elapsed = Stopwatch.GetElapsedTime(started);
        }
        while (elapsed < duration);

        return made / elapsed.TotalSeconds;
    }
}

/// <summary>A state with bytes in it.</summary>
[GenerateSerializer]
public sealed class BareState
{
    /// <summary>The bytes.</summary>
    [Id(0)]
    public byte[] Content { get; set; } = [];
}
