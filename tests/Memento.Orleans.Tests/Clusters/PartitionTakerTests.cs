using Memento.Messages;
using Memento.Partitions;
using Memento.Tests.Conformance;

namespace Memento.Tests.Clusters;

/// <summary>How a partition changes its silo, without Orleans.</summary>
public sealed class PartitionTakerTests
{
    [Fact]
    public async Task The_records_are_taken_from_the_owner_before_and_nothing_is_left_there()
    {
        await using var scene = new OwnersScene(3);
        OwnersScene.Owner first = scene.Silos[0], second = scene.Silos[1];
        await first.TakeAsync().Within();
        await FillAsync(first, 10, text: null);

        await second.TakeAsync().Within();

        Assert.Equal([second], scene.Serving);
        Assert.Equal(10, second.Partition!.Measure().Count);
        Assert.Equal(2, second.Partition.Tenure);
        Assert.False(first.HasParked);
        Assert.Null(first.Partition);
        Assert.Null(second.Taken!.LostWith);
    }

    [Fact]
    public async Task Records_that_fill_many_messages_all_arrive()
    {
        await using var scene = new OwnersScene(2);
        int fetches = 0;
        scene.OnMessage = (_, _, message) =>
        {
            if (message == "fetch") fetches++;
            return Task.CompletedTask;
        };
        await scene.Silos[0].TakeAsync().Within();
        await FillAsync(scene.Silos[0], 200, new string('x', 30_000));

        await scene.Silos[1].TakeAsync().Within();

        Assert.Equal(200, scene.Silos[1].Partition!.Measure().Count);
        Assert.InRange(fetches, 5, 10);
    }

    [Fact]
    public async Task One_that_closed_and_was_not_taken_goes_on_where_it_was()
    {
        await using var scene = new OwnersScene(2);
        OwnersScene.Owner owner = scene.Silos[0];
        Partition before = await owner.TakeAsync().Within();
        await FillAsync(owner, 3, text: null);
        await owner.Giver.CloseAsync(before, new TransactionConflictException("moves")).Within();
        Assert.True(owner.HasParked);

        await owner.TakeAsync().Within();

        Assert.Equal(3, owner.Partition!.Measure().Count);
        Assert.False(owner.HasParked);
    }

    [Fact]
    public async Task What_was_in_a_dead_silo_is_lost_and_said_to_be()
    {
        await using var scene = new OwnersScene(3);
        OwnersScene.Owner dead = scene.Silos[0], heir = scene.Silos[1], next = scene.Silos[2];
        await dead.TakeAsync().Within();
        dead.IsDead = true;

        Partition heirs = await heir.TakeAsync().Within();
        Assert.Equal(dead.Here, heir.Taken!.LostWith);
        Assert.Equal(0, heirs.Measure().Count);

        // It is said once: the next owner takes what the heir has.
        await next.TakeAsync().Within();
        Assert.Null(next.Taken!.LostWith);
    }

    [Fact]
    public async Task A_silo_that_was_told_of_no_owner_learns_of_the_loss_from_another()
    {
        await using var scene = new OwnersScene(3);
        OwnersScene.Owner dead = scene.Silos[0], late = scene.Silos[2];
        late.IsDead = true;
        await dead.TakeAsync().Within();
        late.IsDead = false;
        dead.IsDead = true;

        await late.TakeAsync().Within();

        Assert.Equal(dead.Here, late.Taken!.LostWith);
    }

    [Fact]
    public async Task An_owner_that_has_just_joined_is_asked_though_the_membership_is_old()
    {
        await using var scene = new OwnersScene(3);
        OwnersScene.Owner joined = scene.Silos[0], heir = scene.Silos[1];
        await joined.TakeAsync().Within();
        await FillAsync(joined, 3, text: null);
        heir.Unknown.Add(joined.Here);

        Partition heirs = await heir.TakeAsync().Within();

        Assert.Equal([heir], scene.Serving);
        Assert.Equal(3, heirs.Measure().Count);
        Assert.Null(heir.Taken!.LostWith);
    }

    [Fact]
    public async Task An_owner_that_dies_while_its_records_are_taken_has_lost_them_all()
    {
        await using var scene = new OwnersScene(2);
        OwnersScene.Owner dying = scene.Silos[0], heir = scene.Silos[1];
        await dying.TakeAsync().Within();
        await FillAsync(dying, 200, new string('x', 30_000));
        int fetches = 0;
        scene.OnMessage = (_, _, message) =>
        {
            if (message == "fetch" && ++fetches == 3) dying.IsDead = true;
            return Task.CompletedTask;
        };

        Partition heirs = await heir.TakeAsync().Within();

        Assert.Equal(0, heirs.Measure().Count);
        Assert.Equal(dying.Here, heir.Taken!.LostWith);
    }

    [Fact]
    public async Task A_silent_silo_is_waited_for_until_it_answers_or_is_dead()
    {
        await using var scene = new OwnersScene(2);
        OwnersScene.Owner silent = scene.Silos[0], heir = scene.Silos[1];
        await silent.TakeAsync().Within();
        await FillAsync(silent, 1, text: null);
        int lost = 0;
        scene.OnMessage = (_, _, _) => ++lost <= 3
            ? throw new TimeoutException("No answer.")
            : Task.CompletedTask;

        await heir.TakeAsync().Within();

        Assert.Equal(1, heir.Partition!.Measure().Count);
        Assert.Equal([heir], scene.Serving);
    }

    [Fact]
    public async Task An_answer_that_is_lost_after_the_release_loses_nothing()
    {
        await using var scene = new OwnersScene(2);
        OwnersScene.Owner first = scene.Silos[0], second = scene.Silos[1];
        await first.TakeAsync().Within();
        await FillAsync(first, 2, text: null);
        bool isLost = false;
        scene.OnMessage = (_, other, message) =>
        {
            if (message != "release" || isLost) return Task.CompletedTask;

            isLost = true;
            other.Giver.TryRelease(new ReleaseRequest(
                scene.Table.Name, OwnersScene.Number, second.Here, long.MaxValue));
            throw new TimeoutException("The answer is lost.");
        };

        await second.TakeAsync().Within();

        Assert.True(isLost);
        Assert.Equal(2, second.Partition!.Measure().Count);
    }

    [Fact]
    public async Task Of_two_that_take_at_once_at_most_one_serves()
    {
        await using var scene = new OwnersScene(3);
        OwnersScene.Owner owner = scene.Silos[0], one = scene.Silos[1], other = scene.Silos[2];
        await owner.TakeAsync().Within();
        await FillAsync(owner, 4, text: null);
        var isAsked = new TaskCompletionSource();
        scene.OnMessage = async (from, _, message) =>
        {
            // The first has the records and is about to open; then the other asks all.
            if (from != one || message != "fetch") return;

            isAsked.TrySetResult();
            await other.TakeAsync().Within();
        };

        await Assert.ThrowsAsync<TransactionConflictException>(() => one.TakeAsync().Within());

        Assert.True(isAsked.Task.IsCompleted);
        Assert.Equal([other], scene.Serving);
        Assert.Equal(4, other.Partition!.Measure().Count);
    }

    [Fact]
    public async Task Who_asks_while_a_silo_opens_the_partition_waits_and_gets_the_records()
    {
        await using var scene = new OwnersScene(3);
        OwnersScene.Owner owner = scene.Silos[0], one = scene.Silos[1], other = scene.Silos[2];
        await owner.TakeAsync().Within();
        await FillAsync(owner, 4, text: null);
        var request = new GiveUpRequest(scene.Table.Name, OwnersScene.Number, other.Here);
        Task<GiveUpAnswer>[] asked = [];
        scene.OnMessage = (from, _, message) =>
        {
            // The first has begun to open: from here on it cannot be asked to forget it.
            if (from == one && message == "release")
                asked = [one.Giver.GiveUpAsync(request), one.Giver.GiveUpAsync(request)];
            return Task.CompletedTask;
        };

        await one.TakeAsync().Within();

        Assert.Equal(2, asked.Length);
        foreach (Task<GiveUpAnswer> each in asked)
            Assert.Equal(2, (await each.Within()).Tenure);
        scene.OnMessage = static (_, _, _) => Task.CompletedTask;
        await other.TakeAsync().Within();
        Assert.Equal([other], scene.Serving);
        Assert.Equal(4, other.Partition!.Measure().Count);
    }

    [Fact]
    public async Task A_silo_that_stops_while_it_takes_keeps_what_it_has_for_the_next_one()
    {
        await using var scene = new OwnersScene(3);
        OwnersScene.Owner owner = scene.Silos[0], stopping = scene.Silos[1], next = scene.Silos[2];
        await owner.TakeAsync().Within();
        await FillAsync(owner, 5, text: null);
        scene.OnMessage = (from, other, message) =>
        {
            if (from != stopping || message != "release") return Task.CompletedTask;

            // It is carried out, its answer is lost, and meanwhile the silo begins to stop.
            other.Giver.TryRelease(new ReleaseRequest(
                scene.Table.Name, OwnersScene.Number, stopping.Here, long.MaxValue));
            stopping.Giver.BeginLeaving();
            throw new TimeoutException("The answer is lost.");
        };
        await Assert.ThrowsAsync<TransactionConflictException>(
            () => stopping.TakeAsync().Within());

        await next.TakeAsync().Within();

        Assert.Equal(5, next.Partition!.Measure().Count);
    }

    [Fact]
    public async Task A_silo_that_stops_waits_for_what_it_just_takes_and_takes_no_more()
    {
        await using var scene = new OwnersScene(2);
        OwnersScene.Owner owner = scene.Silos[0], stopping = scene.Silos[1];
        await owner.TakeAsync().Within();
        await FillAsync(owner, 5, text: null);
        var isFetching = new TaskCompletionSource();
        var goesOn = new TaskCompletionSource();
        scene.OnMessage = (from, _, message) =>
        {
            if (from != stopping || message != "fetch") return Task.CompletedTask;

            isFetching.TrySetResult();
            return goesOn.Task;
        };
        Task taking = stopping.TakeAsync();
        await isFetching.Task.Within();

        stopping.Giver.BeginLeaving();
        Assert.False(stopping.Giver.TakingEnded.IsCompleted);
        goesOn.SetResult();
        await taking.Within();
        await stopping.Giver.TakingEnded.Within();

        // It is here by now, so that the stop hands it over with the others.
        Assert.Equal(5, stopping.Partition!.Measure().Count);
        await owner.TakeAsync().Within();
        await Assert.ThrowsAsync<TransactionConflictException>(
            () => stopping.TakeAsync().Within());
        Assert.Equal(5, owner.Partition!.Measure().Count);
    }

    [Fact]
    public async Task A_deleted_table_leaves_nothing_for_the_one_that_is_made_after_it()
    {
        await using var scene = new OwnersScene(2);
        OwnersScene.Owner first = scene.Silos[0], second = scene.Silos[1];
        Partition partition = await first.TakeAsync().Within();
        await FillAsync(first, 5, text: null);
        await first.Giver.CloseAsync(partition, new TransactionConflictException("moves")).Within();
        Assert.True(first.HasParked);

        foreach (OwnersScene.Owner each in scene.Silos)
            each.Giver.Forget(scene.Table.Name, new TableNotFoundException(scene.Table.Name));
        Assert.False(first.HasParked);
        await second.TakeAsync().Within();

        Assert.Equal(0, second.Partition!.Measure().Count);
        Assert.Null(second.Taken!.LostWith);
    }

    [Fact]
    public async Task A_silo_that_opens_the_partition_ends_that_before_the_next_one_opens_it()
    {
        await using var scene = new OwnersScene(3);
        OwnersScene.Owner owner = scene.Silos[0], one = scene.Silos[1], other = scene.Silos[2];
        await owner.TakeAsync().Within();
        await FillAsync(owner, 4, text: null);
        Task<Partition>? taking = null;
        int opening = 0;
        int most = 0;
        scene.OnOpen = async (from, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref opening));
            if (from == one)
            {
                // After its last look at who owns it. What waits is told by its first message.
                var isAsked = new TaskCompletionSource();
                scene.OnMessage = (asking, asked, _) =>
                {
                    if (asking == other && asked == one) isAsked.TrySetResult();
                    return Task.CompletedTask;
                };
                taking = other.TakeAsync();
                await isAsked.Task.Within();
                for (int i = 0; i < 100; i++)
                    await Task.Yield();
            }

            Interlocked.Decrement(ref opening);
        };

        // The next one has asked the owner before already, so that its records are kept for it.
        Exception? end = await Record.ExceptionAsync(() => one.TakeAsync().Within());
        Assert.True(end is null or TransactionConflictException, $"{end}");
        await taking!.Within();

        Assert.Equal(1, most);
        Assert.Equal([other], scene.Serving);
        Assert.Equal(4, other.Partition!.Measure().Count);
    }

    [Fact]
    public async Task What_is_lost_by_the_lease_while_it_is_opened_is_not_served_but_kept()
    {
        await using var scene = new OwnersScene(2);
        OwnersScene.Owner owner = scene.Silos[0], next = scene.Silos[1];
        await owner.TakeAsync().Within();
        await FillAsync(owner, 3, text: null);
        scene.OnOpen = static (_, partition) =>
        {
            partition.Holding!.Lose();
            return Task.CompletedTask;
        };
        await Assert.ThrowsAsync<TransactionConflictException>(() => next.TakeAsync().Within());
        Assert.Empty(scene.Serving);
        scene.OnOpen = static (_, _) => Task.CompletedTask;

        await next.TakeAsync().Within();

        Assert.Equal([next], scene.Serving);
        Assert.Equal(3, next.Partition!.Measure().Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_loss_is_told_though_the_first_try_to_open_fails(bool byAnother)
    {
        await using var scene = new OwnersScene(3);
        OwnersScene.Owner dead = scene.Silos[0], heir = scene.Silos[1], other = scene.Silos[2];
        await dead.TakeAsync().Within();
        dead.IsDead = true;
        scene.OnOpen = static (_, _) => throw new StorageException("No answer.");
        await Assert.ThrowsAsync<StorageException>(() => heir.TakeAsync().Within());
        scene.OnOpen = static (_, _) => Task.CompletedTask;

        OwnersScene.Owner next = byAnother ? other : heir;
        await next.TakeAsync().Within();

        Assert.Equal(dead.Here, next.Taken!.LostWith);
    }

    [Fact]
    public async Task A_loss_is_told_though_the_first_answer_of_the_silo_that_knows_it_is_lost()
    {
        await using var scene = new OwnersScene(3);
        OwnersScene.Owner dead = scene.Silos[0], late = scene.Silos[2];
        late.IsDead = true;
        await dead.TakeAsync().Within();
        late.IsDead = false;
        dead.IsDead = true;
        bool isLost = false;
        scene.OnMessage = async (from, other, message) =>
        {
            if (message != "give up" || isLost) return;

            isLost = true;
            await other.Giver.GiveUpAsync(
                new GiveUpRequest(scene.Table.Name, OwnersScene.Number, from.Here));
            throw new TimeoutException("The answer is lost.");
        };

        await late.TakeAsync().Within();

        Assert.True(isLost);
        Assert.Equal(dead.Here, late.Taken!.LostWith);
    }

    [Fact]
    public async Task A_silo_that_has_joined_knows_of_the_owners_before_it_and_tells_their_losses()
    {
        await using var scene = new OwnersScene(2);
        OwnersScene.Owner owner = scene.Silos[0], joined = scene.Silos[1];
        joined.IsDead = true;
        await owner.TakeAsync().Within();
        joined.IsDead = false;
        owner.Unknown.Add(joined.Here);

        await joined.Taker.LearnOwnersAsync(CancellationToken.None).Within();
        Assert.Empty(owner.Unknown);
        owner.IsDead = true;
        await joined.TakeAsync().Within();

        Assert.Equal(owner.Here, joined.Taken!.LostWith);
    }

    [Fact]
    public async Task Records_that_a_living_silo_had_to_drop_are_said_to_be_lost()
    {
        await using var scene = new OwnersScene(2);
        OwnersScene.Owner owner = scene.Silos[0], next = scene.Silos[1];
        Partition partition = await owner.TakeAsync().Within();
        await FillAsync(owner, 3, text: null);
        partition.Holding!.Lose();

        await next.TakeAsync().Within();

        Assert.Equal(0, next.Partition!.Measure().Count);
        Assert.Equal(owner.Here, next.Taken!.LostWith);
    }

    [Fact]
    public async Task A_dead_silo_that_does_not_know_it_yet_takes_nothing_from_those_that_live()
    {
        await using var scene = new OwnersScene(2);
        OwnersScene.Owner owner = scene.Silos[0], dead = scene.Silos[1];
        await owner.TakeAsync().Within();
        await FillAsync(owner, 3, text: null);
        dead.IsDead = true;

        await Assert.ThrowsAsync<TransactionConflictException>(() => owner.Giver.GiveUpAsync(
            new GiveUpRequest(scene.Table.Name, OwnersScene.Number, dead.Here)).Within());

        Assert.Equal([owner], scene.Serving);
        Assert.Equal(3, owner.Partition!.Measure().Count);
    }

    [Fact]
    public async Task Records_are_kept_though_a_dead_silo_says_that_it_has_them()
    {
        await using var scene = new OwnersScene(2);
        OwnersScene.Owner owner = scene.Silos[0], dead = scene.Silos[1];
        await owner.TakeAsync().Within();
        await FillAsync(owner, 3, text: null);
        await owner.Giver.GiveUpAsync(
            new GiveUpRequest(scene.Table.Name, OwnersScene.Number, dead.Here)).Within();
        dead.IsDead = true;

        Assert.False(owner.Giver.TryRelease(new ReleaseRequest(
            scene.Table.Name, OwnersScene.Number, dead.Here, long.MaxValue)));

        await owner.TakeAsync().Within();
        Assert.Equal(3, owner.Partition!.Measure().Count);
    }

    [Fact]
    public async Task Records_are_kept_for_the_silo_that_has_asked_for_them_last()
    {
        await using var scene = new OwnersScene(3);
        OwnersScene.Owner owner = scene.Silos[0], late = scene.Silos[1], last = scene.Silos[2];
        await owner.TakeAsync().Within();
        await FillAsync(owner, 3, text: null);
        scene.OnMessage = async (from, _, message) =>
        {
            if (from != late || message != "release") return;

            await owner.Giver.GiveUpAsync(new GiveUpRequest(
                scene.Table.Name, OwnersScene.Number, last.Here));
        };

        await Assert.ThrowsAsync<TransactionConflictException>(() => late.TakeAsync().Within());

        await last.TakeAsync().Within();
        Assert.Equal(3, last.Partition!.Measure().Count);
        Assert.Equal([last], scene.Serving);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silo_that_takes_learns_meanwhile_of_the_owner_whose_death_loses_the_records(
        bool isGivenUp)
    {
        await using var scene = new OwnersScene(2);
        OwnersScene.Owner owner = scene.Silos[0], joined = scene.Silos[1];
        joined.IsDead = true;
        await owner.TakeAsync().Within();
        joined.IsDead = false;
        scene.OnMessage = async (_, _, message) =>
        {
            if (message != "give up") return;

            if (isGivenUp)
            {
                await owner.Giver.GiveUpAsync(new GiveUpRequest(
                    scene.Table.Name, OwnersScene.Number, joined.Here));
            }

            await joined.Taker.LearnOwnersAsync(CancellationToken.None);
            owner.IsDead = true;
            throw new TimeoutException("The owner dies before its answer has arrived.");
        };

        await joined.TakeAsync().Within();

        Assert.Equal(owner.Here, joined.Taken!.LostWith);
    }

    /// <summary>
    /// Silos take the partition from each other, several at once, while messages are late, their
    /// answers are lost, and a writer counts what was acknowledged.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Random_takes_lose_and_double_nothing(int seed)
    {
        var random = new Random(seed);
        await using var scene = new OwnersScene(4);
        var gate = new Lock();
        int Next(int max)
        {
            lock (gate)
                return random.Next(max);
        }

        scene.OnMessage = async (from, other, message) =>
        {
            for (int i = Next(4); i > 0; i--)
                await Task.Yield();
            if (Next(20) != 0) return;

            // Half of the messages that fail were carried out, and only the answer is lost.
            if (Next(2) == 0 && message == "give up")
            {
                await other.Giver.GiveUpAsync(
                    new GiveUpRequest(scene.Table.Name, OwnersScene.Number, from.Here));
            }

            throw new TimeoutException("No answer.");
        };

        int written = 0;
        int most = 0;
        bool isOver = false;
        Task writing = Task.Run(async () =>
        {
            while (!Volatile.Read(ref isOver))
            {
                most = Math.Max(most, scene.Serving.Count);
                if (scene.Serving is [var owner, ..]
                    && await owner.TryWriteAsync(new Mark { Id = written }))
                {
                    written++;
                }

                await Task.Yield();
            }
        });
        for (int round = 0; round < 40; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 1 + Next(3)).Select(async _ =>
            {
                try
                {
                    await scene.Silos[Next(4)].TakeAsync().Within();
                }
                catch (TransactionConflictException)
                {
                    // Another one was the last to take it.
                }
            }));
        }

        Volatile.Write(ref isOver, true);
        await writing.Within();
        await scene.Silos[0].TakeAsync().Within();

        Assert.True(written > 0, $"Nothing was written (seed {seed}).");
        Assert.True(most <= 1, $"{most} silos served the partition at once (seed {seed}).");
        Assert.Equal(
            (seed, written), (seed, (int)scene.Silos[0].Partition!.Measure().Count));
    }

    private static async Task FillAsync(OwnersScene.Owner owner, int count, string? text)
    {
        for (int id = 0; id < count; id++)
            Assert.True(await owner.TryWriteAsync(new Mark { Id = id, Text = text }));
    }
}
