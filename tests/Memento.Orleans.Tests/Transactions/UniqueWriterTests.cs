namespace Memento.Tests.Transactions;

/// <summary>
/// Each step of each change of a table with unique indexes fails in turn, before and after it is
/// carried out; the body goes on, and nothing of the change is left.
/// </summary>
public sealed class UniqueWriterTests
{
    public enum Change
    {
        Insert,
        Update,
        Delete,
        DeleteRecord,
    }

    public static TheoryData<Change, bool> Failures
    {
        get
        {
            var failures = new TheoryData<Change, bool>();
            foreach (Change change in Enum.GetValues<Change>())
            {
                failures.Add(change, p2: false);
                failures.Add(change, p2: true);
            }

            return failures;
        }
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_change_that_fails_at_any_step_leaves_nothing_of_itself(
        Change change, bool failsAfter)
    {
        var scene = new StepScene(TableStorage.Ram) { FailsAfter = failsAfter };
        await scene.Writer.WriteAsync(scene.Table, Standing(), CancellationToken.None);
        IReadOnlyList<string> before = scene.Staged;
        Assert.Equal(3, before.Count);

        int steps = 0;
        while (true)
        {
            scene.Rearm(steps + 1);
            Exception? error = await Record.ExceptionAsync(() => ChangeAsync(scene, change));
            if (!scene.HasFailed) break;

            Assert.Same(scene.Error, error);
            Assert.Equal(before, scene.Staged);
            Assert.Null(scene.State.Doom);
            Assert.False(scene.State.HasCallsUnderWay);
            steps++;
        }

        Assert.NotEqual(before, scene.Staged);
        Assert.Equal(
            change switch { Change.Update => 6, Change.DeleteRecord => 3, _ => 4 }, steps);
    }

    [Fact]
    public async Task A_change_that_cannot_be_undone_dooms_its_transaction()
    {
        var scene = new StepScene(TableStorage.Ram) { FailAt = 3, FailsToUndo = true };

        Exception? error = await Record.ExceptionAsync(() => ChangeAsync(scene, Change.Insert));

        Assert.Same(scene.Error, error);
        Assert.Contains(
            "could not be undone everywhere", scene.State.Doom!.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TransactionConflictException>(
            () => ChangeAsync(scene, Change.Insert));
    }

    [Theory]
    [InlineData(TableStorage.Ram)]
    [InlineData(TableStorage.Disk)]
    public async Task A_record_that_cannot_be_encoded_fails_before_anything_is_claimed(
        TableStorage storage)
    {
        var scene = new StepScene(storage);
        Knot tied = Standing();
        tied.Next = tied;

        await Assert.ThrowsAnyAsync<Exception>(async () => await scene.Writer.WriteAsync(
            scene.Table, tied, CancellationToken.None));
        await Assert.ThrowsAnyAsync<Exception>(async () => await scene.Writer.DeleteRecordAsync(
            scene.Table, tied, CancellationToken.None));

        Assert.False(scene.State.HasParticipants);
        Assert.False(scene.State.HasCallsUnderWay);
    }

    private static Knot Standing() => new() { Id = 1, Code = "old", Name = "old" };

    private static async Task ChangeAsync(StepScene scene, Change change)
    {
        switch (change)
        {
            case Change.Insert:
                await scene.Writer.WriteAsync(
                    scene.Table,
                    new Knot { Id = 2, Code = "new", Name = "new" },
                    CancellationToken.None);
                break;
            case Change.Update:
                await scene.Writer.WriteAsync(
                    scene.Table,
                    new Knot { Id = 1, Code = "new", Name = "new" },
                    CancellationToken.None);
                break;
            case Change.Delete:
                await scene.Writer.DeleteAsync(
                    scene.Table, scene.Table.KeyCodec.EncodeArgument(1), CancellationToken.None);
                break;
            default:
                await scene.Writer.DeleteRecordAsync(
                    scene.Table, Standing(), CancellationToken.None);
                break;
        }
    }
}
