using Memento.Queries.Evaluation;
using Memento.Queries.Orders;
using Memento.Tables;

namespace Memento.Tests.Queries;

/// <summary>
/// Paths into records that hold others of their type, which have no end of their own.
/// </summary>
public sealed class PathLengthTests
{
    [Fact]
    public void A_path_has_as_many_names_as_a_guard_has_levels_and_no_more()
    {
        TableDefinition table = TableDefinitionReader.Read(typeof(Chain));
        string longest = string.Concat(Enumerable.Repeat("Next.", Guard.MaxDepth - 1)) + "Id";

        Assert.False(RecordFilter.Compile(table, Guard.Equal(longest, 1))(new Chain()));
        RecordOrder.Compile(table, [new OrderPart(longest, IsDescending: false)]);

        string tooLong = $"Next.{longest}";
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => RecordFilter.Compile(table, Guard.Equal(tooLong, 1)));
        Assert.Contains(
            "100 names and no more, and one has 101", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(
            () => RecordOrder.Compile(table, [new OrderPart(tooLong, IsDescending: false)]));
    }
}
