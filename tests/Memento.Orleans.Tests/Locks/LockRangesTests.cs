using CsCheck;
using Memento.Keys;
using Memento.Locks;

namespace Memento.Tests.Locks;

/// <summary>The tree of ranges beside a list that is searched from end to end.</summary>
public sealed class LockRangesTests
{
    private const int Steps = 400;

    [Fact]
    public void A_key_finds_the_ranges_around_it_and_no_others()
        => Gen.Int.Sample(Run, iter: 200, threads: 1, print: static seed => $"seed {seed}");

    /// <summary>
    /// Each range holds one key of ten thousand; the tree is as deep as twice their bits.
    /// </summary>
    [Fact]
    public void A_key_is_found_without_a_look_at_all_ranges()
    {
        var ranges = new LockRanges();
        for (int number = 0; number < 10_000; number++)
            ranges.Add(EntryOf(KeyOf(number), KeyOf(number + 1)));

        Assert.True(ranges.Root!.IsSound());
        Assert.InRange(DepthOf(ranges.Root), 13, 20);
        Assert.Equal([1234], Around(ranges, KeyOf(1234)).Select(static each => NumberOf(each)));
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        var ranges = new LockRanges();
        List<LockEntry> model = [];
        int most = 1 + random.Next(60);
        for (int step = 0; step < Steps; step++)
        {
            Change(random, ranges, model, most);
            Assert.Equal(model.Count == 0, ranges.IsEmpty);
            Assert.True(ranges.Root?.IsSound() ?? true, $"seed {seed}, step {step}");
            byte[] key = SomeKey(random);
            LockResource point = LockResource.Record(new Key(key));
            Assert.Equal(
                model.Where(entry => entry.Resource.Meets(point)).Select(TextOf).Order(),
                Around(ranges, key).Select(TextOf).Order());
        }

        foreach (LockEntry entry in model)
            ranges.Remove(entry);
        Assert.True(ranges.IsEmpty);
    }

    private static void Change(Random random, LockRanges ranges, List<LockEntry> model, int most)
    {
        if (model.Count > 0 && random.Next(most) < model.Count)
        {
            LockEntry gone = model[random.Next(model.Count)];
            ranges.Remove(gone);
            model.Remove(gone);
            return;
        }

        LockEntry entry = EntryOf(SomeKey(random), random.Next(6) == 0 ? null : SomeKey(random));
        if (entry.Resource.IsEmpty || model.Exists(each => each.Resource == entry.Resource)) return;

        ranges.Add(entry);
        model.Add(entry);
    }

    private static List<LockEntry> Around(LockRanges ranges, byte[] key)
    {
        List<LockEntry> found = [];
        for (LockRange? range = ranges.FirstAround(key);
            range is not null;
            range = LockRanges.NextAround(range, key))
        {
            found.Add(range.Entry);
        }

        return found;
    }

    private static int DepthOf(LockRange? range)
        => range is null ? 0 : 1 + Math.Max(DepthOf(range.Left), DepthOf(range.Right));

    private static LockEntry EntryOf(byte[] from, byte[]? to)
        => new(new LockPool())
        {
            Resource = LockResource.Range(
                KeySpace.Records, new Key(from), to is null ? null : new Key(to)),
        };

    private static string TextOf(LockEntry entry) => entry.Resource.ToString();

    private static byte[] KeyOf(int number) => [(byte)(number >> 8), (byte)number];

    private static int NumberOf(LockEntry entry)
        => (entry.Resource.Key.Bytes[0] << 8) + entry.Resource.Key.Bytes[1];

    /// <summary>Up to two bytes of few values: many begin or end where others do.</summary>
    private static byte[] SomeKey(Random random)
        => [.. Enumerable.Range(0, random.Next(3)).Select(_ => (byte)random.Next(12))];
}
