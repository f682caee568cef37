using Spectre.Console;
using Spectre.Console.Rendering;

namespace Movies.Output;

/// <summary>Writes the walk: headings, the C# of each step, its result and its time.</summary>
internal sealed class Narrator(IAnsiConsole console)
{
    private int _chapter;

    public IAnsiConsole Console => console;

    public void Chapter(string title)
    {
        console.WriteLine();
        console.Write(new Rule($"[bold teal]{++_chapter}. {Markup.Escape(title)}[/]")
        {
            Justification = Justify.Left,
            Style = Style.Parse("grey"),
        });
    }

    public void Say(string text) => console.MarkupLineInterpolated($"{text}");

    public void Good(string text) => console.MarkupLineInterpolated($"[green]✓[/] {text}");

    public void Warn(string text) => console.MarkupLineInterpolated($"[yellow]![/] {text}");

    /// <summary>Shows the source of the next call.</summary>
    public void Code(string code)
    {
        foreach (string line in code.Split('\n'))
            console.MarkupLineInterpolated($"  [teal]{line}[/]");
    }

    public void Show(IRenderable table) => console.Write(table);

    /// <summary>
    /// Reads twice and shows both times: in the first run, .NET also compiles code.
    /// </summary>
    public async Task<IReadOnlyList<T>> ReadAsync<T>(Func<Task<IReadOnlyList<T>>> read, string noun)
    {
        (_, TimeSpan first) = await Timing.MeasureAsync(read);
        (IReadOnlyList<T> records, TimeSpan again) = await Timing.MeasureAsync(read);
        Took(records.Count, noun, first, again);
        return records;
    }

    public void Took(int count, string noun, TimeSpan first, TimeSpan again)
        => console.MarkupLineInterpolated(
            $"  [grey]{count} {noun} in {Timing.Format(first)}, then {Timing.Format(again)}[/]");

    public void Took(string what, TimeSpan elapsed)
        => console.MarkupLineInterpolated($"  [grey]{what} in {Timing.Format(elapsed)}[/]");
}
