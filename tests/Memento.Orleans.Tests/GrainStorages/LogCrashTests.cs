using System.Globalization;
using Memento.Storage;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.GrainStorages;

/// <summary>
/// A process dies at each of its writes in turn, before it and behind it: also in the middle of a
/// group, of a checkpoint, and of clearing.
/// </summary>
public sealed class LogCrashTests
{
    private static readonly string Long = new('x', 3_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_at_any_write_keeps_what_was_acknowledged_and_halves_nothing(
        bool isWritten)
    {
        bool isDead = true;
        int death = 0;
        while (isDead)
        {
            death++;
            await using var scene = new LogScene();
            LogSilo silo = await scene.OpenAsync();
            int writes = 0;
            int dieAt = death;
            isDead = false;
            silo.Process.OnWrite = async (_, write) =>
            {
                if (Interlocked.Increment(ref writes) < dieAt)
                {
                    await write();
                    return;
                }

                isDead = true;
                if (isWritten) await write();
                silo.Process.Die();
                throw FaultyGrainStorage.Gone();
            };

            var expected = new Expected();
            await Record.ExceptionAsync(() => RunAsync(scene, silo, expected));
            silo.Process.Die();

            LogSilo next = await scene.OpenAsync();
            expected.Check($"write {death}", await next.Scene.RowsAsync());

            // It goes on from there, with another checkpoint, after which nothing else is left.
            await next.Scene.WriteAsync(Row(900, "next"));
            string[] rows = await next.Scene.RowsAsync();
            Assert.True(await next.Storage.CheckpointAsync(Token));
            scene.PassClearDelay();
            await next.Storage.ClearAsync(Token);
            Assert.Equal(rows, await next.Scene.RowsAsync());
            LogSilo other = await scene.OpenAsync();
            Assert.Equal(rows, await other.Scene.RowsAsync());
        }

        Assert.True(death > 60, $"Only {death} writes were tried.");
    }

    /// <summary>
    /// After a checkpoint and its clearing, the storage has what the checkpoint says and no more.
    /// </summary>
    [Fact]
    public async Task What_a_crash_has_left_is_cleared_behind_the_next_checkpoint()
    {
        await using var scene = new LogScene();
        LogSilo first = await scene.OpenAsync();
        await first.Scene.WriteAsync([.. Enumerable.Range(0, 20).Select(key => Row(key, Long))]);
        for (int crash = 1; crash <= 2; crash++)
        {
            LogSilo silo = await scene.OpenAsync();
            int pieces = 0;
            silo.Process.OnWrite = async (key, write) =>
            {
                await write();
                if (IsPiece(key) && ++pieces == 7) silo.Process.Die();
            };
            await Assert.ThrowsAsync<StorageException>(
                () => silo.Storage.CheckpointAsync(Token));
        }

        string[] left = [.. scene.Provider.Keys.Where(IsPiece)];
        Assert.Equal(14, left.Length);
        LogSilo next = await scene.OpenAsync();
        await next.Storage.CheckpointAsync(Token);
        scene.PassClearDelay();
        await next.Storage.ClearAsync(Token);

        Assert.Empty(scene.Provider.Keys.Intersect(left));
        Assert.DoesNotContain(
            scene.Provider.Keys,
            static key => key.StartsWith("log-", StringComparison.Ordinal));
        Assert.Equal(20, (await next.Scene.RowsAsync()).Length);
    }

    private static async Task RunAsync(LogScene scene, LogSilo silo, Expected expected)
    {
        for (int round = 1; round <= 3; round++)
        {
            await WriteAsync(Row(round, "small"), Row(100, Number(round)));
            await WriteAsync([.. Enumerable.Range(10, 6).Select(key => Row(key, Long + round))]);
            await WriteAsync(Row(10 + round, null));
            await silo.Storage.CheckpointAsync(Token);
            scene.PassClearDelay();
            await silo.Storage.ClearAsync(Token);
        }

        await WriteAsync(Row(200, "end"));

        async Task WriteAsync(params RowWrite[] rows)
        {
            expected.Begin(rows);
            await silo.Scene.WriteAsync(rows);
            expected.End();
        }
    }

    private static bool IsPiece(string key) => key.StartsWith("run-", StringComparison.Ordinal);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The rows that have to be there, and those of the change that may be.</summary>
    private sealed class Expected
    {
        private SortedDictionary<string, string> _rows = new(StringComparer.Ordinal);
        private SortedDictionary<string, string> _next = new(StringComparer.Ordinal);

        public void Begin(RowWrite[] rows)
        {
            _next = new(_rows, StringComparer.Ordinal);
            foreach (RowWrite row in rows)
            {
                string key = Number((row.Key[0] << 8) | row.Key[1]);
                if (row.Document is null)
                    _next.Remove(key);
                else
                    _next[key] = $"{key}={ValueOf(new StoredRow(row.Key, row.Document))}";
            }
        }

        public void End() => _rows = _next;

        public void Check(string when, string[] found)
        {
            string[] sorted = [.. found.Order(StringComparer.Ordinal)];
            Assert.True(
                sorted.SequenceEqual(_rows.Values.Order(StringComparer.Ordinal))
                    || sorted.SequenceEqual(_next.Values.Order(StringComparer.Ordinal)),
                $"{when}: {string.Join(' ', sorted.Select(static row => row.Split('=')[0]))}");
        }
    }
}
