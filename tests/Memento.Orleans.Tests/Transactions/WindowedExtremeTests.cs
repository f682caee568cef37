using Memento.Tests.Conformance;
using Memento.Tests.Queries;

namespace Memento.Tests.Transactions;

/// <summary>The least and the greatest of a part of a query's results.</summary>
public sealed class WindowedExtremeTests
{
    private static readonly Visit[] Visits =
    [
        new() { Id = 1, Guest = "a", Place = new Address { City = "Oslo" }, Length = 2 },
        new() { Id = 2, Guest = "B" },
        new() { Id = 3, Place = new Address { MaybeNumber = 7 }, Length = double.NaN },
        new()
        {
            Id = 4,
            Guest = "left out",
            Place = new Address { City = "Aalborg", MaybeNumber = 1 },
        },
    ];

    [Fact]
    public Task They_are_those_of_the_order_of_queries()
        => AskAsync(static async first =>
        {
            // By ordinal capitals come first; in a culture they do not.
            Assert.Equal("B", await first.MinAsync(visit => visit.Guest));
            Assert.Equal("a", await first.MaxAsync(visit => visit.Guest));
            Assert.Equal(double.NaN, await first.MinAsync(visit => visit.Length));
            Assert.Equal(2, await first.MaxAsync(visit => visit.Length));
            Assert.Equal((1, 3), (
                await first.MinAsync(visit => visit.Id), await first.MaxAsync(visit => visit.Id)));
        });

    [Fact]
    public Task They_leave_out_what_has_no_object_to_have_the_property()
        => AskAsync(static async first =>
        {
            Assert.Equal("Oslo", await first.MinAsync(visit => visit.Place!.City));
            Assert.Equal(7, await first.MaxAsync(visit => visit.Place!.MaybeNumber!.Value));
            Assert.Null(await first.Skip(2).MinAsync(visit => visit.Place!.City));
        });

    private static async Task AskAsync(Func<ITableQuery<Visit>, Task> ask)
    {
        await using MementoHost host = await MementoHost.StartAsync(
            static memento => memento.AddTable<Visit>());
        await host.Memento.TransactionAsync(async tx =>
        {
            foreach (Visit visit in Visits)
                await tx.WriteAsync(visit);
        }).Within();
        await host.Memento.TransactionAsync(tx => ask(tx.Query<Visit>().Take(3))).Within();
    }
}
