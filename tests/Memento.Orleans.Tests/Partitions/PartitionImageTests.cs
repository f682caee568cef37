using CsCheck;
using Memento.Snapshots;

namespace Memento.Tests.Partitions;

/// <summary>
/// What a partition keeps for cuts, beside copies that were made at their times: under commits,
/// commits that are taken back, clears, and indexes that come and go.
/// </summary>
public sealed class PartitionImageTests
{
    [Fact]
    public void Each_living_cut_shows_what_was_there()
        => Gen.Int.Sample(
            static seed => new ImageRun<StoredVersion>(seed, MakeVersion).Go(),
            iter: 25,
            threads: 1,
            print: static seed => $"seed {seed}");

    [Fact]
    public void Each_living_cut_shows_what_was_there_in_a_bag()
        => Gen.Int.Sample(
            static seed => new ImageRun<StoredCopy>(seed, MakeCopy).Go(),
            iter: 25,
            threads: 1,
            print: static seed => $"seed {seed}");

    [Fact]
    public void Where_nobody_takes_a_cut_nothing_is_kept_and_no_node_is_copied()
    {
        var run = new ImageRun<StoredVersion>(seed: 1, MakeVersion);
        run.Write(100);
        int version = run.VersionAfterOverwriting();
        Assert.Equal(version, run.VersionAfterOverwriting());
        Assert.Empty(run.Cuts.Keeping);
    }

    [Fact]
    public void A_cut_that_has_ended_is_an_error_also_if_others_live()
    {
        var run = new ImageRun<StoredVersion>(seed: 1, MakeVersion);
        run.Write(10);
        long ended = run.Cuts.Take();
        run.Write(10);
        long living = run.Cuts.Take();
        run.Write(10);
        run.Cuts.End(ended);
        Assert.Throws<SnapshotEndedException>(() => run.Count(ended));
        Assert.True(run.Count(living) > 0);
        run.Cuts.End(living);
        Assert.Empty(run.Cuts.Keeping);
        Assert.Throws<SnapshotEndedException>(() => run.Count(living));
    }

    /// <summary>
    /// Transfers between two partitions, a cut that is taken while none is applied, and readers of
    /// the cuts, each on threads of their own.
    /// </summary>
    [Fact]
    public async Task A_cut_sees_each_commit_in_all_partitions_or_in_none()
    {
        const int writers = 3;
        const int looks = 300;
        var cuts = new Cuts();
        var latch = new ApplyLatch();
        ImageRun<StoredVersion>[] sides =
        [
            new(seed: 1, MakeVersion, cuts),
            new(seed: 2, MakeVersion, cuts),
        ];
        using var ending = new CancellationTokenSource();
        Task[] writing = [.. Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (int serial = 1; !ending.IsCancellationRequested; serial++)
            {
                int place = await latch.EnterAsync();
                foreach (ImageRun<StoredVersion> side in sides)
                    side.Put(writer, serial);
                latch.Exit(place);
            }
        }))];
        List<string> wrong = [];
        for (int look = 0; look < looks; look++)
        {
            await latch.CloseAsync(CancellationToken.None);
            long cut = cuts.Take();
            latch.Open();
            await Task.Yield();
            for (int writer = 0; writer < writers; writer++)
            {
                int?[] seen = [.. sides.Select(side => side.SerialAt(cut, writer))];
                if (seen[0] != seen[1]) wrong.Add($"{writer}: {seen[0]} and {seen[1]}");
            }

            cuts.End(cut);
        }

        await ending.CancelAsync();
        await Task.WhenAll(writing).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(wrong);
        Assert.All(sides, static side => Assert.True(side.SerialNow(writer: 0) > 0));
        Assert.Empty(cuts.Keeping);
    }

    private static StoredVersion MakeVersion(int id, string? colour, int? size, int serial)
        => new() { Id = id, Colour = colour, Size = size, Serial = serial };

    private static StoredCopy MakeCopy(int id, string? colour, int? size, int serial)
        => new() { Id = id, Colour = colour, Size = size, Serial = serial };
}
