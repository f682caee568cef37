using CsCheck;
using Memento.Collections;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Tests.Partitions;

/// <summary>The records of a partition and their indexes, beside a dictionary.</summary>
public sealed class RecordStoreTests
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
        var store = new RecordStore(Table);
        var model = new SortedDictionary<int, StoredThing>();
        for (int step = 1; step <= Steps; step++)
            Change(random, store, model, step);
        long size = store.EstimatedSize;
        IndexDefinition gone = IndexOf("Size");
        store.RemoveIndex(gone);

        RecordStoreContent content = store.Clear(Steps + 1);
        Assert.Empty(Read(store.Records.Range(null, null)));
        Assert.Equal(0, store.EstimatedSize);
        Assert.Equal(Steps + 1, store.LastRemovalPosition);
        store.RemoveIndex(IndexOf("Colour"));
        store.AddIndex(gone);
        store.Restore(content);
        Assert.Equal(size, store.EstimatedSize);
        Assert.Null(store.Indexes.Find("Colour"));

        store.AddIndex(IndexOf("Colour"));
        Check(store, model);
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        var store = new RecordStore(Table);
        var model = new SortedDictionary<int, StoredThing>();
        for (int step = 1; step <= Steps; step++)
        {
            Change(random, store, model, step);
            if (step % 10 == 0) Check(store, model);
        }

        foreach (int key in model.Keys.ToArray())
        {
            store.Replace(0, KeyOf(key), next: null, position: Steps + 1);
            model.Remove(key);
        }

        Check(store, model);
        Assert.Equal(0, store.EstimatedSize);
        Assert.All(Table.Indexes, index => Assert.Equal(0, store.Index(index.Ordinal).Count));
    }

    private static void RunBack(int seed)
    {
        var random = new Random(seed);
        var store = new RecordStore(Table);
        var model = new SortedDictionary<int, StoredThing>();
        for (int step = 1; step <= Steps; step++)
            Change(random, store, model, step);
        var before = new SortedDictionary<int, StoredThing>(model);
        long size = store.EstimatedSize;

        var images = new Stack<(byte[] Key, StoredRecord? Previous)>();
        for (int step = 1; step <= Steps; step++)
            images.Push(Change(random, store, model, Steps + step));
        while (images.TryPop(out var image))
            store.Replace(0, image.Key, image.Previous, position: 0);
        Check(store, before);
        Assert.Equal(size, store.EstimatedSize);
    }

    private static (byte[] Key, StoredRecord? Previous) Change(
        Random random, RecordStore store, SortedDictionary<int, StoredThing> model, long position)
    {
        int id = random.Next(Keys);
        byte[] key = KeyOf(id);
        if (random.Next(3) == 0)
        {
            model.Remove(id);
            return (key, store.Replace(0, key, next: null, position));
        }

        var thing = new StoredThing
        {
            Id = id,
            Colour = Colours[random.Next(Colours.Length)],
            Size = random.Next(4) is var size and > 0 ? size : null,
        };
        model[id] = thing;
        return (key, store.Replace(0, key, store.Make(key, thing), position));
    }

    private static void Check(RecordStore store, SortedDictionary<int, StoredThing> model)
    {
        Assert.Equal(model.Count, store.Count);
        Assert.Equal(model.Values, Read(store.Records.Range(null, null)));
        foreach (string? colour in Colours)
        {
            Assert.Equal(
                model.Values.Where(each => each.Colour == colour),
                Find(store, "Colour", new StoredThing { Colour = colour }));
            foreach (int? size in (int?[])[null, 1, 2, 3])
            {
                Assert.Equal(
                    model.Values.Where(each => each.Colour == colour && each.Size == size),
                    Find(store, "Colour_Size", new StoredThing { Colour = colour, Size = size }));
            }
        }

        Assert.Equal(
            model.Values.OrderBy(each => each.Size).ThenBy(each => each.Id),
            Read(store.Index(IndexOf("Size").Ordinal).Range(null, null)));
        Assert.Equal(
            model.Values
                .OrderBy(each => each.Colour, StringComparer.Ordinal)
                .ThenBy(each => each.Size)
                .ThenBy(each => each.Id),
            Read(store.Index(IndexOf("Colour_Size").Ordinal).Range(null, null)));
    }

    private static List<StoredThing> Find(RecordStore store, string index, StoredThing like)
        => Read(store.Index(IndexOf(index).Ordinal).Prefix(IndexOf(index).EncodeEntry(like, [])));

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
