using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Cluster;

/// <summary>
/// Shows what happens: a live display on a terminal, and lines anywhere else.
/// </summary>
internal sealed class Board(IAnsiConsole console)
{
    private const int LinesShown = 12;

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly ConcurrentDictionary<string, string> _silos = new();
    private readonly bool _isLive = console.Profile.Out.IsTerminal;

    private long _lastCount;
    private TimeSpan _lastTime;

    /// <summary>The transfers that were acknowledged, so far.</summary>
    public Func<long> Transfers { get; set; } = static () => 0;

    /// <summary>How many partitions each silo has, by its name.</summary>
    public IReadOnlyDictionary<string, int> Partitions { get; set; } =
        new Dictionary<string, int>();

    /// <summary>How many reports saw the right sum.</summary>
    public int Reports { get; set; }

    private TimeSpan Time => Stopwatch.GetElapsedTime(_began);

    /// <summary>Says what has happened.</summary>
    public void Say(string line)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture, $"{Time.TotalSeconds,6:0.0} s  {line}");
        _lines.Enqueue(text);
        if (!_isLive) console.Profile.Out.Writer.WriteLine(text);
    }

    /// <summary>Shows the state of a silo.</summary>
    public void Show(string silo, string state) => _silos[silo] = state;

    /// <summary>Shows it all until the work has ended.</summary>
    public async Task ShowWhileAsync(Task work)
    {
        if (_isLive)
        {
            await console.Live(Render()).StartAsync(async live =>
            {
                while (!work.IsCompleted)
                {
                    await Task.WhenAny(work, Task.Delay(Refresh));
                    live.UpdateTarget(Render());
                }
            });
        }
        else
        {
            while (await Task.WhenAny(work, Task.Delay(LineEvery)) != work)
                if (Transfers() > 0) Say(Figures());
        }

        await work;
    }

    private Rows Render()
    {
        Table silos = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey)
            .AddColumns("[bold]silo[/]", "[bold]state[/]", "[bold]partitions[/]");
        silos.Columns[2].Alignment = Justify.Right;
        foreach ((string name, string state) in _silos.OrderBy(
            static each => each.Key, StringComparer.Ordinal))
        {
            silos.AddRow(
                Markup.Escape(name),
                Markup.Escape(state),
                Partitions.GetValueOrDefault(name).ToString(CultureInfo.InvariantCulture));
        }

        IEnumerable<IRenderable> lines = _lines.TakeLast(LinesShown)
            .Select(static line => new Markup($"[grey]{Markup.Escape(line)}[/]"));
        return new Rows([silos, new Markup($"[teal]{Markup.Escape(Figures())}[/]"), .. lines]);
    }

    private string Figures()
    {
        TimeSpan now = Time;
        long count = Transfers();
        double rate = (count - _lastCount) / Math.Max((now - _lastTime).TotalSeconds, 0.001);
        if (now - _lastTime > TimeSpan.FromSeconds(1)) (_lastCount, _lastTime) = (count, now);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{count:N0} transfers ({rate:N0} a second), {Reports} reports with the right sum");
    }
}
