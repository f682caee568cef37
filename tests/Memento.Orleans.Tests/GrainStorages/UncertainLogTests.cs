using Memento.Storage;
using Memento.Tests.Conformance;
using Orleans.Storage;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.GrainStorages;

/// <summary>A silo that cannot know at once what became of its changes.</summary>
public sealed class UncertainLogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_that_a_checkpoint_has_passed_is_kept_and_the_raise_beside_it_unknown()
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        (Task reached, Action goOn) = silo.Process.HoldWrites(
            () => silo.Process.OnWrite = async (_, write) =>
            {
                await write();
                silo.Process.ReadFault = FaultyGrainStorage.Gone;
                throw FaultyGrainStorage.Gone();
            });
        Task note = silo.Scene.WriteNoteAsync("note", "{}");
        await reached;

        // Both are appended together, behind the note.
        JournalBatch batch = silo.Scene.Batch(silo.Scene.Entry(Row(1, "a")));
        Task writing = silo.Storage.WriteAsync(batch, Token).AsTask();
        Task<long> raising = silo.Storage.RaiseEpochAsync("t", 5, Token);
        goOn();
        await note;
        await Assert.ThrowsAsync<BatchInDoubtException>(() => writing);
        await Assert.ThrowsAsync<StorageException>(() => raising);
        silo.Process.OnWrite = null;
        LogSilo other = await scene.OpenAsync();
        await other.Storage.CheckpointAsync(Token);
        scene.PassClearDelay();
        await other.Storage.ClearAsync(Token);
        silo.Process.ReadFault = null;

        Assert.True(await silo.Storage.SettleAsync(batch, Token));
        Assert.Equal(["1=a"], await silo.Scene.RowsAsync());
        Assert.Equal(2, await silo.Storage.RaiseEpochAsync("t", 5, Token));
    }

    [Fact]
    public async Task A_machine_that_was_suspended_goes_on_behind_the_log()
    {
        await using var scene = new LogScene();
        var time = new WallTime();
        LogSilo suspended = await scene.OpenAsync(time);
        LogSilo other = await scene.OpenAsync();
        for (int key = 1; key <= 5; key++)
            await other.Scene.WriteAsync(Row(key, "of the other"));
        await other.Storage.CheckpointAsync(Token);
        scene.PassClearDelay();
        await other.Storage.ClearAsync(Token);

        // Its monotonic clock has stood still.
        time.Ahead = TimeSpan.FromMinutes(1);
        await Assert.ThrowsAsync<FencedException>(() => suspended.Scene.WriteAsync(Row(9, "old")));
        Assert.Equal(5, (await suspended.Scene.RowsAsync()).Length);
        await suspended.Storage.CreateTableAsync("new", Token);
        Assert.Empty(await other.Scene.RowsAsync("new"));
    }

    [Fact]
    public async Task A_provider_that_does_not_show_what_it_has_is_told()
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        silo.Process.OnWrite = static (_, _)
            => throw new InconsistentStateException("It is there, says the test.");

        StorageException error = await Assert.ThrowsAsync<StorageException>(
            () => silo.Scene.WriteAsync(Row(1, "a")));

        Assert.Contains("can neither be made nor read", error.Message);
    }

    [Fact]
    public async Task A_call_that_waits_while_the_storage_is_closed_comes_to_an_end()
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        (Task reached, Action goOn) = silo.Process.HoldWrites();
        Task writing = silo.Scene.WriteAsync(Row(1, "a"));
        await reached;

        Task<string[]> loading = silo.Scene.RowsAsync();
        Task closing = silo.Storage.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => silo.Scene.WriteAsync(Row(2, "b"))).Within();
        goOn();

        await closing.Within();
        await writing;
        Exception? end = await Record.ExceptionAsync(() => loading.Within());
        Assert.True(end is null or ObjectDisposedException, $"{end}");
    }
}
