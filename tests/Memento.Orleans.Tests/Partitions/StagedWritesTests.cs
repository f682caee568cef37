using CsCheck;
using Memento.Partitions;
using Memento.Tables.Keys;

namespace Memento.Tests.Partitions;

/// <summary>Staged writes beside a stack of dictionaries under the same random calls.</summary>
public sealed class StagedWritesTests
{
    private const int Steps = 200;
    private const int Keys = 14;

    [Fact]
    public void Random_writes_and_savepoints_leave_what_copies_of_a_dictionary_have()
        => Gen.Int.Sample(Run, iter: 400, threads: 1, print: seed => $"seed {seed}");

    [Fact]
    public void A_savepoint_that_wrote_nothing_here_undoes_nothing()
    {
        var staged = new StagedWrites();
        staged.Add(Write(1, 1));
        staged.RollbackTo(3);
        Assert.Equal(1, staged.Count);
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        var staged = new StagedWrites();
        var model = new Dictionary<(int Store, int Key), StagedWrite>();
        var open = new Stack<(int Savepoint, Dictionary<(int, int), StagedWrite> Before)>();
        int last = 0;
        for (int step = 0; step < Steps; step++)
        {
            int choice = random.Next(20);
            if (choice == 0 && open.Count < 4)
            {
                open.Push((++last, new Dictionary<(int, int), StagedWrite>(model)));
            }
            else if (choice == 1 && open.Count > 0)
            {
                // Committed into the savepoint around it.
                open.Pop();
            }
            else if (choice == 2 && open.TryPop(out var undone))
            {
                staged.RollbackTo(undone.Savepoint);
                model = undone.Before;
            }
            else
            {
                int store = random.Next(2);
                int key = random.Next(Keys);
                StagedWrite write = Write(store, key);
                staged.Mark(open.TryPeek(out var innermost) ? innermost.Savepoint : 0);
                staged.Add(write);
                model[(store, key)] = write;
            }

            Check(staged, model);
        }
    }

    private static void Check(
        StagedWrites staged, Dictionary<(int Store, int Key), StagedWrite> model)
    {
        Assert.True(model.Values.ToHashSet().SetEquals(staged.Effective));
        Assert.Equal(model.Count, staged.Effective.Count());
        Assert.Equal(model.Count > 0, staged.Count > 0);
        for (int store = 0; store < 2; store++)
        {
            for (int key = 0; key < Keys; key++)
                Assert.Same(model.GetValueOrDefault((store, key)), staged.Find(store, KeyOf(key)));
        }
    }

    private static StagedWrite Write(int store, int key)
        => new(store, KeyOf(key), record: null, document: null);

    private static Key KeyOf(int key) => new([(byte)key]);
}
