using System.Collections.Concurrent;
using Memento.LogStorage;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.GrainStorages;

/// <summary>When checkpoints are made, and what they leave behind.</summary>
public sealed class LogMaintenanceTests
{
    private const int CheckpointBytes = 1_000;
    private static readonly string Long = new('x', 3_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// The log is so long that appending waits for the end of a checkpoint, but does not make one
    /// after the other. Otherwise two silos would void each other's for ever.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_checkpoint_that_failed_or_came_second_is_put_off(bool isSecond)
    {
        await using var scene = new LogScene { CheckpointBytes = CheckpointBytes };
        LogSilo silo = await scene.OpenAsync();
        LogSilo other = scene.New();
        await other.Storage.OpenAsync(Token);
        scene.Time.Stop();
        bool isOtherDone = false;
        int roots = 0;
        silo.Process.OnWrite = async (key, write) =>
        {
            if (key == StateKeys.Root) roots++;
            if (IsPiece(key))
            {
                if (!isSecond) throw FaultyGrainStorage.Gone();
                if (!isOtherDone) Assert.True(await other.Storage.CheckpointAsync(Token));
                isOtherDone = true;
            }

            await write();
        };

        for (int key = 1; key <= 20; key++)
            await silo.Scene.WriteAsync(Row(key, Long), Row(100 + key, Long));

        // Each begins with the root, and would end with it.
        Assert.Equal(isSecond ? 2 : 1, roots);
        silo.Process.OnWrite = null;
        scene.Time.GoOn();
        scene.Time.MoveOn(TimeSpan.FromSeconds(10));
        ConcurrentBag<string> written = Watch(silo);
        await silo.Scene.WriteAsync(Row(30, Long));
        await silo.Scene.WriteAsync(Row(31, Long));
        Assert.Contains(written, IsPiece);
    }

    [Fact]
    public async Task Rows_that_a_checkpoint_has_written_of_a_dropped_table_are_cleared()
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        await silo.Scene.WriteAsync(Row(1, Long));
        silo.Process.OnWrite = async (key, write) =>
        {
            if (IsPiece(key))
            {
                silo.Process.OnWrite = null;
                await silo.Storage.DropTableAsync("t", Token);
            }

            await write();
        };
        Assert.True(await silo.Storage.CheckpointAsync(Token));
        ConcurrentBag<string> written = Watch(silo);
        Assert.True(await silo.Storage.CheckpointAsync(Token));
        scene.PassClearDelay();
        silo.Process.OnWrite = null;
        await silo.Storage.ClearAsync(Token);

        // What is left is the image of the second one.
        Assert.Equal(
            written.Where(IsPiece).Distinct().Order(),
            scene.Provider.Keys.Where(IsPiece).Order());
    }

    [Fact]
    public async Task A_silo_that_looked_at_the_root_too_long_ago_does_not_read_the_log_before_it()
    {
        await using var scene = new LogScene();
        LogSilo silo = await scene.OpenAsync();
        LogSilo other = await scene.OpenAsync();
        for (int key = 1; key <= 5; key++)
            await other.Scene.WriteAsync(Row(key, "of the other"));
        string[] before = [.. scene.Provider.Keys];
        Assert.True(await other.Storage.CheckpointAsync(Token));

        // They are not cleared yet, but the next ones may be when they have been read.
        scene.Time.MoveOn(SharedLog.ClearDelay - SharedLog.RootAge + TimeSpan.FromSeconds(1));
        ConcurrentBag<string> read = [];
        silo.Process.OnRead = (key, go) =>
        {
            read.Add(key);
            return go();
        };
        Assert.Equal(5, (await silo.Scene.RowsAsync()).Length);

        Assert.Equal([StateKeys.Root], read.Intersect(before));
    }

    [Fact]
    public void A_checkpoint_forgets_the_writers_that_appended_longest_ago()
    {
        var content = new LogContent(LogImage.Empty);
        Guid[] writers =
            [.. Enumerable.Range(0, 2 + LogContent.MostWriters).Select(_ => Guid.NewGuid())];
        long position = 0;
        foreach (Guid writer in writers)
            Append(writer);
        Append(writers[0]);

        LogImage image = content.Freeze().Image;

        Assert.Equal(LogContent.MostWriters, image.Writers.Count);
        Guid[] forgotten = [.. writers.Except(image.Writers.Keys)];
        Assert.Equal(writers[1..3], forgotten);
        Assert.All(forgotten, writer => Assert.Equal(default, content.MarkOf(writer)));
        Assert.Equal(position, content.MarkOf(writers[0]).Position);

        void Append(Guid writer) =>
            content.Apply(new LogGroup(writer, 1, DateTimeOffset.UnixEpoch, []), ++position);
    }

    private static ConcurrentBag<string> Watch(LogSilo silo)
    {
        ConcurrentBag<string> written = [];
        silo.Process.OnWrite = (key, write) =>
        {
            written.Add(key);
            return write();
        };
        return written;
    }

    private static bool IsPiece(string key) => key.StartsWith("run-", StringComparison.Ordinal);
}
