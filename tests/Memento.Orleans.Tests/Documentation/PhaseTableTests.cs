using System.Reflection;
using Memento.Partitions;

namespace Memento.Tests.Documentation;

/// <summary>The table of a transaction's phases, in the code and in docs/architecture.md.</summary>
public sealed class PhaseTableTests
{
    private const BindingFlags Methods = BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly MarkdownPage Page = new("docs/architecture.md");

    private static readonly string[][] Rows =
        [.. MarkdownPage.Rows(Page.Lines("The way of a commit"))];

    [Fact]
    public void The_page_has_the_moves_that_a_transaction_may_make_and_no_other()
    {
        TransactionPhase[] all = Enum.GetValues<TransactionPhase>();
        IEnumerable<string> allowed =
            from before in all
            from after in all
            where before.MayMove(after)
            select $"`{before}` to `{after}`";

        Assert.Equal(allowed, Rows.Select(static row => $"{row[0]} to {row[1]}"));
    }

    [Fact]
    public void Who_makes_a_move_is_a_method_that_exists()
    {
        string[] named = [.. MarkdownPage.Code(Rows.SelectMany(static row => row[2..]))];

        Assert.NotEmpty(named);
        Assert.All(named, static name =>
        {
            string[] parts = name.Split('.');
            Type type = Assert.Single(
                typeof(Partition).Assembly.GetTypes(), each => each.Name == parts[0]);
            Assert.Contains(type.GetMethods(Methods), method => method.Name == parts[1]);
        });
    }
}
