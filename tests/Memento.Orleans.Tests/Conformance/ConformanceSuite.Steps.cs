using Memento.Keys;
using Memento.Partitions.Operations;
using Memento.Tables;
using Memento.Tests.Conformance.Tables;
using Memento.Transactions;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Conformance;

/// <summary>
/// Writes and deletions in a table with unique indexes are several steps: all of them are done, or
/// none.
/// </summary>
public abstract partial class ConformanceSuite
{
    private static readonly Ticket Standing =
        new() { Id = 1, Title = "t", Owner = "o", Code = "old" };

    /// <summary>Every change with the steps that it has.</summary>
    public static TheoryData<Change, Step> Steps
    {
        get
        {
            var steps = new TheoryData<Change, Step>();
            foreach (Step step in Enum.GetValues<Step>())
            {
                bool isOfNew = step is Step.NewCode or Step.NewOwnerAndTitle;
                steps.Add(Change.Update, step);
                if (isOfNew || step == Step.Entries) steps.Add(Change.Insert, step);
                if (isOfNew) continue;

                steps.Add(Change.Delete, step);
                steps.Add(Change.DeleteRecord, step);
            }

            return steps;
        }
    }

    public enum Change
    {
        Insert,
        Update,
        Delete,
        DeleteRecord,
    }

    /// <summary>The lock of another transaction, because of which a step waits.</summary>
    public enum Step
    {
        Key,
        NewCode,
        NewOwnerAndTitle,
        Entries,
        OldCode,
        OldOwnerAndTitle,
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_change_that_is_cancelled_at_any_step_leaves_nothing_of_itself(
        Change change, Step step)
    {
        await PutAsync(Standing);
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        await LockAsync(younger.Tx, change, step);
        using var cancellation = new CancellationTokenSource();

        Task changing = ChangeAsync(older.Tx, change, cancellation.Token);
        await UntilWaitingAsync(older.Tx);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => changing.Within());

        await younger.CommitAsync();
        Assert.Equal([Standing], await older.Tx.AllAsync<Ticket>().Within());
        await older.Tx.WriteAsync(NewEntry("goes on", 1)).Within();
        await older.CommitAsync();
        Assert.Single(await GetAllAsync<Entry>());
        await AssertStandingAsync();
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_change_that_a_nested_body_gives_up_at_any_step_leaves_nothing_of_itself(
        Change change, Step step)
    {
        await PutAsync(Standing);
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        await LockAsync(younger.Tx, change, step);

        Task? changing = null;
        await older.Tx.TryNestedAsync(async inner =>
        {
            changing = ChangeAsync(inner, change, CancellationToken.None);
            await UntilWaitingAsync(older.Tx);
            inner.Abort();
        }).Within();
        await Assert.ThrowsAsync<NoTransactionException>(() => changing!.Within());

        await younger.CommitAsync();
        Assert.Equal([Standing], await older.Tx.AllAsync<Ticket>().Within());
        await older.Tx.WriteAsync(NewEntry("goes on", 1)).Within();
        await older.CommitAsync();
        Assert.Single(await GetAllAsync<Entry>());
        await AssertStandingAsync();
    }

    [Fact]
    public async Task A_change_that_a_second_unique_value_refuses_gives_the_first_one_back()
    {
        await PutAsync(Standing, new Ticket { Id = 2, Title = "u", Owner = "p", Code = "other" });
        await Memento.TransactionAsync(async tx =>
        {
            // The new code is free, the pair is not.
            await Assert.ThrowsAsync<UniqueIndexException>(async () => await tx.WriteAsync(
                Standing with { Code = "new", Title = "u", Owner = "p" }));
            await Assert.ThrowsAsync<UniqueIndexException>(async () => await tx.WriteAsync(
                new Ticket { Code = "new", Title = "u", Owner = "p" }));
            await tx.WriteAsync(new Ticket { Id = 3, Title = "v", Code = "new" });
        }).Within();
        await AssertCodesAsync("new 3", "old 1", "other 2");
        await Assert.ThrowsAsync<UniqueIndexException>(
            () => PutAsync(new Ticket { Title = "w", Code = "old" }));
    }

    [Fact]
    public async Task Changes_begun_side_by_side_go_one_after_the_other_in_their_order()
    {
        await PutAsync(Standing);
        await Memento.TransactionAsync(async tx => await Task.WhenAll(
            tx.WriteAsync(Standing with { Code = "one" }).AsTask(),
            tx.DeleteAsync<Ticket>(1).AsTask(),
            tx.WriteAsync(Standing with { Code = "two" }).AsTask())).Within();
        await AssertCodesAsync("two 1");
        await PutAsync(
            new Ticket { Title = "a", Code = "one" }, new Ticket { Title = "b", Code = "old" });
    }

    private static async Task ChangeAsync(
        ITransaction tx, Change change, CancellationToken cancellationToken)
    {
        switch (change)
        {
            case Change.Insert:
                await tx.WriteAsync(
                    new Ticket { Title = "new", Owner = "p", Code = "new" },
                    cancellationToken: cancellationToken);
                break;
            case Change.Update:
                await tx.WriteAsync(
                    Standing with { Title = "new", Owner = "p", Code = "new" },
                    cancellationToken: cancellationToken);
                break;
            case Change.Delete:
                await tx.DeleteAsync<Ticket>(1, cancellationToken);
                break;
            default:
                await tx.DeleteRecordAsync(Standing, cancellationToken);
                break;
        }
    }

    /// <summary>Takes a read lock on the key that one step wants to write.</summary>
    private async Task LockAsync(ITransaction tx, Change change, Step step)
    {
        string owner = change is Change.Insert or Change.Update ? "p" : "o";
        Task locking = step switch
        {
            Step.Key => tx.LockRecordAsync<Ticket>(1, LockMode.Read).AsTask(),
            Step.Entries => tx.SelectAsync<Ticket>(each => each.Owner == owner).AsTask(),
            Step.NewCode => FindHolderAsync(tx, "Code", new Ticket { Title = "", Code = "new" }),
            Step.NewOwnerAndTitle => FindHolderAsync(
                tx, "Owner_Title", new Ticket { Title = "new", Owner = "p" }),
            Step.OldCode => FindHolderAsync(tx, "Code", Standing),
            _ => FindHolderAsync(tx, "Owner_Title", Standing),
        };
        await locking.Within();
    }

    /// <summary>Looks a unique value up, and not the record that has it.</summary>
    private Task<byte[]?> FindHolderAsync(ITransaction tx, string name, Ticket ticket)
    {
        TableDefinition table = fixture.Services.GetRequiredService<TableRegistry>().Get<Ticket>();
        IndexDefinition index = table.IndexSet.Find(name)!;
        Assert.True(index.TryEncodeUnique(ticket, out byte[] value));
        return ((TransactionScope)tx).Sender.SendAsync(
            table, new FindHolderOperation(index.Reference, new Key(value)), CancellationToken.None)
            .AsTask();
    }

    /// <summary>The one ticket stands, with its values, and the others are free.</summary>
    private async Task AssertStandingAsync()
    {
        Assert.Equal([Standing], await GetAllAsync<Ticket>());
        await Memento.TransactionAsync(async tx =>
        {
            await Assert.ThrowsAsync<UniqueIndexException>(
                async () => await tx.WriteAsync(new Ticket { Title = "a", Code = "old" }));
            await Assert.ThrowsAsync<UniqueIndexException>(
                async () => await tx.WriteAsync(new Ticket { Title = "t", Owner = "o" }));
            await tx.WriteAsync(new Ticket { Title = "new", Owner = "p", Code = "new" });
        }).Within();
        Assert.Equal(2, (await GetAllAsync<Ticket>()).Count);
    }
}
