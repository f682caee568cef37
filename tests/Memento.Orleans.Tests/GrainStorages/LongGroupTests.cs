using Memento.Storage;
using Memento.Tests.Conformance;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.GrainStorages;

/// <summary>A group of several states, which has to find its places side by side.</summary>
public sealed class LongGroupTests
{
    private static readonly string Long = new('x', 3_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silo_that_meets_a_long_group_of_another_waits_for_its_end()
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        long epoch = await silo.Storage.RaiseEpochAsync("t", 7, Token);
        LogSilo other = await scene.OpenAsync();
        List<string> made = [];
        var isHeld = new TaskCompletionSource();
        var mayGoOn = new TaskCompletionSource();
        other.Process.OnWrite = async (key, write) =>
        {
            made.Add(key);
            if (made.Count == 2)
            {
                isHeld.SetResult();
                await mayGoOn.Task;
            }

            await write();
        };
        Task group = other.Scene.WriteAsync([.. Enumerable.Range(1, 5).Select(key =>
            Row(key, Long))]);
        await isHeld.Task;

        // It meets the first state of the group, and reads again and again what comes behind it.
        int looks = 0;
        var hasWaited = new TaskCompletionSource();
        silo.Process.OnRead = async (key, read) =>
        {
            if (key == made[1] && ++looks == 4) hasWaited.SetResult();
            await read();
        };
        Task writing = silo.Scene.WriteAsync(new JournalEntry
        {
            TransactionId = Guid.NewGuid(),
            Writes = [Row(1, "behind it", partition: 7)],
            Epochs = [new PartitionEpoch("t", 7, epoch)],
        });
        Assert.Same(hasWaited.Task, await Task.WhenAny(hasWaited.Task, writing));
        mayGoOn.SetResult();
        await group;
        await writing;

        // The group was made once.
        Assert.Equal(made.Distinct(), made);
        Assert.Equal(5, (await other.Scene.RowsAsync()).Length);
        Assert.Equal(["1=behind it"], await other.Scene.RowsAsync(partition: 7));
    }

    [Fact]
    public async Task A_silo_that_meets_half_of_a_group_of_a_dead_one_goes_on_behind_it()
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        LogSilo other = await scene.OpenAsync();
        int made = 0;
        other.Process.OnWrite = async (_, write) =>
        {
            if (++made == 2) other.Process.Die();
            if (made == 2) throw FaultyGrainStorage.Gone();
            await write();
        };
        await Assert.ThrowsAsync<BatchInDoubtException>(() => other.Scene.WriteAsync(
            [.. Enumerable.Range(1, 5).Select(key => Row(key, Long))]));

        // This one does not know yet that there is half of a group.
        await silo.Scene.WriteAsync(Deciding(Guid.NewGuid(), Row(1, "behind it"))).Within();
        Assert.Equal(["1=behind it"], await silo.Scene.RowsAsync());
    }
}
