using System.Diagnostics.Metrics;
using Memento.Tests.Diagnostics;
using Memento.Tests.Faults;
using Memento.Tests.Sqlite;

namespace Memento.Tests.Documentation;

public class OperationsPageTests
{
    private readonly MarkdownPage _page = new("docs/operations.md");

    [Fact]
    public async Task The_page_lists_the_instruments_that_there_are()
    {
        await using FaultySilo silo = await FaultySilo.StartAsync<SqliteUnderTest>();
        using var log = new MetricLog(silo.Services);

        Assert.Equal(
            log.Instruments.Values.Select(Describe).Order(StringComparer.Ordinal),
            Listed().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_client_has_the_instruments_of_transactions_and_messages()
    {
        await using FaultySilo silo = await FaultySilo.StartAsync<SqliteUnderTest>();
        using var log = new MetricLog(silo.ClientServices);

        Assert.Equal(
            log.Instruments.Values.Select(Describe).Order(StringComparer.Ordinal),
            Listed().Order(StringComparer.Ordinal).Where(static each =>
                each.StartsWith("memento.transaction.", StringComparison.Ordinal)
                || each.StartsWith("memento.messages.", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_page_shows_what_the_silo_does()
    {
        string[] lines = Repository.ReadLines("docs/operations.md");
        int first = Array.IndexOf(lines, "```text") + 1;
        string shown = string.Join('\n', lines[first..Array.IndexOf(lines, "```", first)]);

        string done = string.Join('\n', Repository.ReadLines("silo/Telemetry.cs")
            .Select(static line => line.Length > 8 ? line[8..] : ""));

        Assert.Contains(shown, done, StringComparison.Ordinal);
    }

    private IEnumerable<string> Listed()
        => MarkdownPage.Rows(_page.Lines("Metrics"))
            .Where(static row => row.Length == 5)
            .Select(static row => string.Join(' ', MarkdownPage.Code(row[..3])));

    private static string Describe(Instrument instrument)
        => $"{instrument.Name} {instrument.GetType().Name.Split('`')[0]} {instrument.Unit}";
}
