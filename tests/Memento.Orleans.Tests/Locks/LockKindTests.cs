using Memento.Locks;

namespace Memento.Tests.Locks;

public sealed class LockKindTests
{
    // Rows and columns in this order; x keeps out, . goes beside.
    private const string Kinds = "IR IW R W";
    private const string Matrix = "...x ..xx .x.x xxxx";

    [Fact]
    public void Two_kinds_keep_each_other_out_as_in_the_book()
    {
        string[] rows = Matrix.Split(' ');
        for (int left = 0; left < LockKinds.Count; left++)
        {
            for (int right = 0; right < LockKinds.Count; right++)
            {
                bool conflict = LockKinds.Conflict(Kind(left), Kind(right));
                Assert.True(
                    conflict == (rows[left][right] == 'x'),
                    $"{Kinds.Split(' ')[left]} and {Kinds.Split(' ')[right]}");
            }
        }
    }

    [Fact]
    public void A_set_keeps_out_what_any_of_it_keeps_out()
    {
        foreach (LockKind left in Sets())
        {
            foreach (LockKind right in Sets())
            {
                bool expected = Parts(left).Any(
                    one => Parts(right).Any(other => LockKinds.Conflict(one, other)));
                Assert.Equal(expected, LockKinds.Conflict(left, right));
            }
        }
    }

    [Theory]
    [InlineData(LockKind.Write, LockKinds.All)]
    [InlineData(LockKind.Read, LockKind.Read | LockKind.IntentionRead)]
    [InlineData(LockKind.IntentionWrite, LockKind.IntentionWrite | LockKind.IntentionRead)]
    [InlineData(LockKind.IntentionRead, LockKind.IntentionRead)]
    [InlineData(
        LockKind.Read | LockKind.IntentionWrite,
        LockKind.Read | LockKind.IntentionWrite | LockKind.IntentionRead)]
    [InlineData(LockKind.None, LockKind.None)]
    internal void A_held_set_covers_what_it_makes_needless(LockKind held, LockKind covered)
    {
        foreach (LockKind kinds in Sets())
            Assert.Equal((kinds & ~covered) == 0, LockKinds.Cover(held, kinds));
    }

    [Fact]
    public void What_covers_a_kind_keeps_out_all_that_the_kind_does()
    {
        foreach (LockKind held in Sets())
        {
            foreach (LockKind kinds in Sets().Where(kinds => LockKinds.Cover(held, kinds)))
            {
                LockKind missed = LockKinds.ConflictsOf(kinds) & ~LockKinds.ConflictsOf(held);
                Assert.Equal(LockKind.None, missed);
            }
        }
    }

    private static LockKind Kind(int index) => (LockKind)(1 << index);

    private static IEnumerable<LockKind> Sets()
        => Enumerable.Range(0, (int)LockKinds.All + 1).Select(set => (LockKind)set);

    private static IEnumerable<LockKind> Parts(LockKind set)
        => Enumerable.Range(0, LockKinds.Count).Select(Kind).Where(kind => (set & kind) != 0);
}
