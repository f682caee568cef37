using System.Globalization;
using System.Reflection;

namespace Memento.Tests.Documentation;

public class LimitTests
{
    private const BindingFlags Fields = BindingFlags.Static | BindingFlags.Public
        | BindingFlags.NonPublic;

    private static readonly Dictionary<string, Type[]> TypesByName =
        new[] { typeof(IMemento), typeof(MementoHost), typeof(SqliteOptions) }
            .SelectMany(static type => type.Assembly.GetTypes())
            .GroupBy(static type => type.Name.Split('`')[0])
            .ToDictionary(static group => group.Key, static group => group.ToArray());

    [Fact]
    public void Every_limit_of_the_page_is_a_constant_with_that_value()
    {
        var page = new MarkdownPage("docs/limits.md");
        string[][] rows = [.. page.Sections.SelectMany(page.Lines).ToArray() is var lines
            ? MarkdownPage.Rows(lines)
            : []];

        Assert.NotEmpty(rows);
        Assert.All(rows, static row =>
        {
            string constant = Assert.Single(MarkdownPage.Code([row[2]]));
            Assert.Equal($"{constant} = {Show(ValueOf(constant))}", $"{constant} = {row[1]}");
        });
    }

    [Fact]
    public void The_page_on_queries_names_limits_with_their_values()
    {
        var limits = new MarkdownPage("docs/limits.md");
        Dictionary<string, string> values = MarkdownPage
            .Rows(limits.Sections.SelectMany(limits.Lines))
            .ToDictionary(static row => row[2].Trim('`'), static row => row[1]);
        var page = new MarkdownPage("docs/queries.md");
        string[] lines = [.. page.Sections.SelectMany(page.Lines)];

        string[] named =
        [
            .. MarkdownPage.Code(lines)
                .Where(static code => code.Contains(".Max", StringComparison.Ordinal)),
        ];

        Assert.NotEmpty(named);
        Assert.All(
            named,
            constant => Assert.Contains(
                values[constant], string.Join(' ', lines), StringComparison.Ordinal));
    }

    private static object? ValueOf(string constant)
    {
        string[] parts = constant.Split('.');
        return TypesByName.GetValueOrDefault(parts[0], [])
            .Select(type => type.GetField(parts[1], Fields))
            .FirstOrDefault(static field => field is not null) is { } found
                ? found.IsLiteral ? found.GetRawConstantValue() : found.GetValue(null)
                : null;
    }

    private static string Show(object? value) => value switch
    {
        null => "is no constant",
        TimeSpan { TotalHours: >= 1 } span when span.Minutes == 0 => $"{span.TotalHours} h",
        TimeSpan { TotalMinutes: >= 1 } span when span.Seconds == 0 => $"{span.TotalMinutes} min",
        TimeSpan { TotalSeconds: >= 1 } span => $"{span.TotalSeconds} s",
        TimeSpan span => $"{span.TotalMilliseconds} ms",
        IFormattable number => number.ToString("N0", CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
