using CsCheck;
using Memento.Collections;
using Memento.Keys;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Tests.Partitions;

/// <summary>The records of a partition and their indexes, beside a dictionary.</summary>
public sealed class PartitionContentTests
{
    private const int Steps = 300;
    private const int Keys = 30;

    private static readonly TableDefinition Table = TableDefinitionReader.Read(typeof(StoredThing));
    private static readonly string?[] Colours = [null, "", "red", "re", "blue"];

    [Fact]
    public void Indexes_are_what_a_scan_would_find()
        => Gen.Int.Sample(Run, iter: 100, threads: 1, print: seed => $"seed {seed}");

    [Fact]
    public void Taking_changes_back_newest_first_brings_everything_back()
        => Gen.Int.Sample(RunBack, iter: 100, threads: 1, print: seed => $"seed {seed}");

    [Fact]
    public void What_was_cleared_comes_back_with_the_indexes_of_then()
    {
        var random = new Random(7);
        var content = new PartitionContent(Table);
        var model = new SortedDictionary<int, StoredThing>();
        for (int step = 1; step <= Steps; step++)
            Change(random, content, model, step);
        long size = content.EstimatedSize;
        IndexDefinition gone = IndexOf("Size");
        content.RemoveIndex(gone);

        ClearedContent cleared = content.Clear(Steps + 1);
        Assert.Empty(Read(content.Records.Range(null, null)));
        Assert.Equal(0, content.EstimatedSize);
        Assert.Equal(Steps + 1, content.LastRemovalPosition);
        content.RemoveIndex(IndexOf("Colour"));
        content.AddIndex(gone);
        content.Restore(cleared);
        Assert.Equal(size, content.EstimatedSize);
        Assert.Null(content.Indexes.Find("Colour"));

        content.AddIndex(IndexOf("Colour"));
        Check(content, model);
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        var content = new PartitionContent(Table);
        var model = new SortedDictionary<int, StoredThing>();
        for (int step = 1; step <= Steps; step++)
        {
            Change(random, content, model, step);
            if (step % 10 == 0) Check(content, model);
        }

        foreach (int key in model.Keys.ToArray())
        {
            content.Replace(KeySpace.Records, KeyOf(key), next: null, position: Steps + 1);
            model.Remove(key);
        }

        Check(content, model);
        Assert.Equal(0, content.EstimatedSize);
        Assert.All(Table.Indexes, index => Assert.Equal(0, content[index.Entries].Count));
    }

    private static void RunBack(int seed)
    {
        var random = new Random(seed);
        var content = new PartitionContent(Table);
        var model = new SortedDictionary<int, StoredThing>();
        for (int step = 1; step <= Steps; step++)
            Change(random, content, model, step);
        var before = new SortedDictionary<int, StoredThing>(model);
        long size = content.EstimatedSize;

        var images = new Stack<(byte[] Key, StoredRecord? Previous)>();
        for (int step = 1; step <= Steps; step++)
            images.Push(Change(random, content, model, Steps + step));
        while (images.TryPop(out var image))
            content.Replace(KeySpace.Records, image.Key, image.Previous, position: 0);
        Check(content, before);
        Assert.Equal(size, content.EstimatedSize);
    }

    private static (byte[] Key, StoredRecord? Previous) Change(
        Random random,
        PartitionContent content,
        SortedDictionary<int, StoredThing> model,
        long position)
    {
        int id = random.Next(Keys);
        byte[] key = KeyOf(id);
        if (random.Next(3) == 0)
        {
            model.Remove(id);
            return (key, content.Replace(KeySpace.Records, key, next: null, position));
        }

        var thing = new StoredThing
        {
            Id = id,
            Colour = Colours[random.Next(Colours.Length)],
            Size = random.Next(4) is var size and > 0 ? size : null,
        };
        model[id] = thing;
        return (key, content.Replace(KeySpace.Records, key, content.Make(key, thing), position));
    }

    private static void Check(PartitionContent content, SortedDictionary<int, StoredThing> model)
    {
        Assert.Equal(model.Count, content.Count);
        Assert.Equal(model.Values, Read(content.Records.Range(null, null)));
        foreach (string? colour in Colours)
        {
            Assert.Equal(
                model.Values.Where(each => each.Colour == colour),
                Find(content, "Colour", new StoredThing { Colour = colour }));
            foreach (int? size in (int?[])[null, 1, 2, 3])
            {
                Assert.Equal(
                    model.Values.Where(each => each.Colour == colour && each.Size == size),
                    Find(content, "Colour_Size", new StoredThing { Colour = colour, Size = size }));
            }
        }

        Assert.Equal(
            model.Values.OrderBy(each => each.Size).ThenBy(each => each.Id),
            Read(content[IndexOf("Size").Entries].Range(null, null)));
        Assert.Equal(
            model.Values
                .OrderBy(each => each.Colour, StringComparer.Ordinal)
                .ThenBy(each => each.Size)
                .ThenBy(each => each.Id),
            Read(content[IndexOf("Colour_Size").Entries].Range(null, null)));
    }

    private static List<StoredThing> Find(PartitionContent content, string index, StoredThing like)
        => Read(content[IndexOf(index).Entries].Prefix(IndexOf(index).EncodeEntry(like, [])));

    private static IndexDefinition IndexOf(string name)
        => Table.Indexes.Single(each => each.Name == name);

    private static List<StoredThing> Read(OrderedMapRange<StoredRecord> range)
    {
        List<StoredThing> things = [];
        foreach ((byte[] _, StoredRecord record) in range)
            things.Add((StoredThing)record.Record);
        return things;
    }

    private static byte[] KeyOf(int id) => Table.KeyOf(new StoredThing { Id = id }).Bytes;
}
