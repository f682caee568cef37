namespace Memento.CrashChild;

/// <summary>
/// Answers what the parent asks, a line each: <c>put TEXT</c> writes a record in ram and one on
/// disk, <c>get</c> reads both.
/// </summary>
public static class CrashAnswers
{
    /// <summary>The number of both records.</summary>
    public const int Number = 1;

    /// <summary>The answer to what could not be done.</summary>
    public const string Error = "error";

    private static readonly TransactionOptions Once = new()
    {
        Timeout = TimeSpan.FromSeconds(2),
        MaxAttempts = 1,
    };

    public static async Task RunAsync(IMemento memento, TextReader input, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(memento);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        await output.WriteLineAsync("ready");
        while (await input.ReadLineAsync() is { } line)
        {
            try
            {
                await output.WriteLineAsync(line.StartsWith("put ", StringComparison.Ordinal)
                    ? await PutAsync(memento, line[4..])
                    : await GetAsync(memento));
            }
            catch (MementoException error)
            {
                await output.WriteLineAsync($"{Error} {error.GetType().Name} {error.Message}");
            }
        }
    }

    private static async Task<string> PutAsync(IMemento memento, string text)
    {
        await memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new CrashWord { Id = Number, Text = text });
            await tx.WriteAsync(new CrashNote { Id = Number, Text = text });
        });
        return $"put {text}";
    }

    /// <summary>In transactions of their own: one must not speak for the other.</summary>
    private static async Task<string> GetAsync(IMemento memento)
    {
        CrashWord? word = await memento.TransactionAsync(
            async tx => await tx.ReadAsync<CrashWord>(Number), Once);
        CrashNote? note = await memento.TransactionAsync(
            async tx => await tx.ReadAsync<CrashNote>(Number), Once);
        return $"ram {word?.Text ?? "-"} disk {note?.Text ?? "-"}";
    }
}

/// <summary>A record in ram.</summary>
[Table(Partitions = 1, Storage = TableStorage.Ram)]
public sealed record CrashWord
{
    public int Id { get; init; }

    public required string Text { get; init; }
}

/// <summary>A record on disk.</summary>
[Table(Partitions = 1, Storage = TableStorage.Disk)]
public sealed record CrashNote
{
    public int Id { get; init; }

    public required string Text { get; init; }
}
