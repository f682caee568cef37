using CsCheck;
using Memento.Partitions;
using Memento.Tables.Keys;

namespace Memento.Tests.Partitions;

/// <summary>Staged writes beside a plain list of them under the same random calls.</summary>
public sealed class StagedWritesTests
{
    private const int Steps = 200;
    private const int Keys = 14;

    [Fact]
    public void Random_writes_and_savepoints_leave_what_a_list_without_the_undone_ones_has()
        => Gen.Int.Sample(Run, iter: 400, threads: 1, print: seed => $"seed {seed}");

    [Fact]
    public void A_savepoint_that_wrote_nothing_here_undoes_nothing()
    {
        var staged = new StagedWrites();
        staged.Add(Write(1, 1, savepoint: null));
        staged.Rollback(3);
        Assert.Equal(1, staged.Count);
    }

    [Fact]
    public void A_write_between_others_of_its_key_is_taken_out_from_there()
    {
        var savepoints = new Savepoints(origin: 0);
        Savepoint one = savepoints.BeginBody(around: null);
        Savepoint other = savepoints.BeginBody(around: null);
        var staged = new StagedWrites();
        StagedWrite first = Write(0, 1, savepoint: null), last = Write(0, 1, other);
        staged.Add(first);
        staged.Add(Write(0, 1, one));
        staged.Add(last);

        staged.Rollback(one.Id);
        Assert.Same(last, staged.Find(0, KeyOf(1)));
        staged.Rollback(other.Id);

        Assert.Same(first, staged.Find(0, KeyOf(1)));
        Assert.Same(first, Assert.Single(staged.Effective));
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        var savepoints = new Savepoints(origin: 0);
        var staged = new StagedWrites();
        List<StagedWrite> model = [];
        List<Savepoint?> bodies = [null];
        for (int step = 0; step < Steps; step++)
        {
            // Bodies stand beside and inside each other, and write and end in any order.
            Savepoint? body = bodies[random.Next(bodies.Count)];
            int choice = random.Next(20);
            if (choice <= 1 && bodies.Count < 6)
            {
                bodies.Add(savepoints.BeginBody(body));
            }
            else if (choice == 2 && body is not null)
            {
                bodies.Remove(body);
            }
            else if (choice == 3 && body is not null)
            {
                bodies.RemoveAll(each => each is not null && each.IsUnder(body.Id));
                staged.Rollback(body.Id);
                model.RemoveAll(each => each.Savepoint?.IsUnder(body.Id) == true);
            }
            else
            {
                StagedWrite write = Write(random.Next(2), random.Next(Keys), body);
                staged.Add(write);
                model.Add(write);
            }

            Check(staged, model);
            if (body is not null)
            {
                Assert.Equal(
                    model.Exists(each => each.Savepoint?.IsUnder(body.Id) == true),
                    staged.HasUnder(body.Id));
                CheckAgainst(
                    staged.Without([body.Id]),
                    model.FindAll(each => each.Savepoint?.IsUnder(body.Id) != true));
            }
        }
    }

    private static void Check(StagedWrites staged, List<StagedWrite> model)
    {
        Assert.Equal(model, staged.All);
        IEnumerable<StagedWrite> latest =
            model.GroupBy(static each => (each.Store, each.Key)).Select(static each => each.Last());
        Assert.True(latest.ToHashSet().SetEquals(staged.Effective));
        Assert.Equal(latest.Count(), staged.Effective.Count());
        for (int store = 0; store < 2; store++)
        {
            for (int key = 0; key < Keys; key++)
            {
                Assert.Same(
                    model.FindLast(each => each.Store == store && each.Key == KeyOf(key)),
                    staged.Find(store, KeyOf(key)));
            }
        }
    }

    /// <summary>Copies, so they are compared by what they hold.</summary>
    private static void CheckAgainst(StagedWrites staged, List<StagedWrite> model)
        => Assert.Equal(
            model.Select(static each => (each.Store, each.Key, each.Record)),
            staged.All.Select(static each => (each.Store, each.Key, each.Record)));

    private static StagedWrite Write(int store, int key, Savepoint? savepoint)
        => new(store, KeyOf(key), new StoredRecord([(byte)key], new object()), document: null, savepoint);

    private static Key KeyOf(int key) => new([(byte)key]);
}
