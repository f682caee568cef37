using CsCheck;
using Memento.Keys;
using Memento.Partitions;

namespace Memento.Tests.Partitions;

/// <summary>Staged writes beside a plain list of them under the same random calls.</summary>
public sealed class StagedWritesTests
{
    private const int Steps = 200;

    private static readonly KeySpace[] Spaces = [KeySpace.Records, KeySpace.ValuesOf(0)];
    private static readonly Key[] AllKeys =
        [.. Enumerable.Range(0, 14).Select(static key => new Key([(byte)key]))];

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
        Assert.Same(last, staged.Find(KeySpace.Records, AllKeys[1]));
        staged.Rollback(other.Id);

        Assert.Same(first, staged.Find(KeySpace.Records, AllKeys[1]));
        Assert.Same(first, Assert.Single(staged.Effective));
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        var savepoints = new Savepoints(origin: 0);
        var staged = new StagedWrites();
        var kept = new SeenWrites(staged);
        long[][] hidden = [.. Enumerable.Repeat<long[]>([], 10)];
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
                StagedWrite write = Write(random.Next(2), random.Next(AllKeys.Length), body);
                staged.Add(write);
                model.Add(write);
            }

            Check(staged, model);
            if (body is not null)
            {
                Assert.Equal(
                    model.Exists(each => each.Savepoint?.IsUnder(body.Id) == true),
                    staged.HasUnder(body.Id));
                CheckSeen(new SeenWrites(staged), model, [body.Id]);
            }

            // Asked mostly about the same bodies, now and then about others, and not after each
            // step.
            if (random.Next(12) == 0)
                hidden[random.Next(hidden.Length)] = [.. bodies.OfType<Savepoint>()
                    .Where(_ => random.Next(2) == 0).Select(static each => each.Id)];
            if (random.Next(3) > 0) CheckSeen(kept, model, hidden[random.Next(hidden.Length)]);
        }
    }

    private static void Check(StagedWrites staged, List<StagedWrite> model)
    {
        Assert.True(model.SequenceEqual(staged.All), "all writes, in their order");
        Dictionary<(KeySpace, Key), StagedWrite> latest = LatestOf(model);
        int effective = 0;
        foreach (StagedWrite write in staged.Effective)
        {
            Assert.Same(latest[(write.Space, write.Key)], write);
            effective++;
        }

        Assert.Equal(latest.Count, effective);
        foreach (KeySpace space in Spaces)
        {
            foreach (Key key in AllKeys)
                Assert.Same(latest.GetValueOrDefault((space, key)), staged.Find(space, key));
        }
    }

    /// <summary>
    /// Copies, so they are compared by the records that they hold, each of which is new.
    /// </summary>
    private static void CheckSeen(SeenWrites seen, List<StagedWrite> model, long[] hidden)
    {
        StagedWrites found = seen.Without(hidden);
        List<StagedWrite> expected = model.FindAll(
            each => !Array.Exists(hidden, id => each.Savepoint?.IsUnder(id) == true));
        Assert.True(
            expected.Select(static each => each.Record).SequenceEqual(
                found.All.Select(static each => each.Record)),
            "the writes that are seen, in their order");
        Dictionary<(KeySpace, Key), StagedWrite> latest = LatestOf(expected);
        int effective = 0;
        foreach (StagedWrite write in found.Effective)
        {
            Assert.Same(latest[(write.Space, write.Key)].Record, write.Record);
            Assert.Same(write, found.Find(write.Space, write.Key));
            effective++;
        }

        Assert.Equal(latest.Count, effective);
    }

    private static Dictionary<(KeySpace Space, Key Key), StagedWrite> LatestOf(
        List<StagedWrite> model)
    {
        Dictionary<(KeySpace, Key), StagedWrite> latest = [];
        foreach (StagedWrite write in model)
            latest[(write.Space, write.Key)] = write;
        return latest;
    }

    private static StagedWrite Write(int space, int key, Savepoint? savepoint)
        => new(
            Spaces[space],
            AllKeys[key],
            new StoredRecord([(byte)key], new object()),
            document: null,
            savepoint);
}
