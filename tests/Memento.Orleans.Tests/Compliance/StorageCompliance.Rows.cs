using System.Text.Json;
using Memento.Storage;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.Compliance;

public abstract partial class StorageCompliance<TStorage>
{
    [Fact]
    public async Task What_was_written_is_loaded_again_and_after_reopening_too()
    {
        const string text = "Amélie \"le\" \\ 日本 🎬 \u0001\u2028'";
        byte[] key = [0, 255, 1, 0];
        var written = new RowWrite("t", 0, key, Document(text));
        await _scene.WriteAsync(written);
        await CheckAsync();

        await ReopenAsync();
        await CheckAsync();

        async Task CheckAsync()
        {
            StoredRow row = Assert.Single(await LoadAsync("t", 0));
            Assert.Equal(key, row.Key);
            Assert.True(JsonElement.DeepEquals(Json(written.Document!), Json(row.Document)));
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-12345678901234567890.5")]
    [InlineData("1e300")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("""{"b":[1,{"c":[]}],"a":"\\","é":true}""")]
    public async Task Any_document_comes_back_as_the_same_JSON(string json)
    {
        byte[] document = System.Text.Encoding.UTF8.GetBytes(json);
        await _scene.WriteAsync(new RowWrite("t", 0, [1], document));

        StoredRow row = Assert.Single(await LoadAsync("t", 0));
        Assert.True(JsonElement.DeepEquals(Json(document), Json(row.Document)));
    }

    [Fact]
    public async Task Rows_are_loaded_in_the_order_of_their_key_bytes_and_of_one_partition()
    {
        byte[][] keys = [[255], [], [0, 0], [127, 255], [0], [128], [1, 0], [127]];
        await _scene.WriteAsync(
        [
            .. keys.Select(static key => new RowWrite("t", 0, key, Document("a"))),
            new RowWrite("t", 1, [9], Document("a")),
        ]);

        Assert.Equal(
            ["", "00", "0000", "0100", "7F", "7FFF", "80", "FF"],
            (await LoadAsync("t", 0)).Select(static row => Convert.ToHexString(row.Key)));
        Assert.Single(await LoadAsync("t", 1));
        Assert.Empty(await LoadAsync("t", 2));
    }

    [Fact]
    public async Task Rows_are_applied_in_order_in_an_entry_a_batch_and_from_batch_to_batch()
    {
        await _scene.WriteAsync(
            _scene.Entry(Row(1, "a"), Row(1, null), Row(2, "a"), Row(4, "a"), Row(4, "b")),
            _scene.Entry(Row(2, null), Row(1, "b")),
            _scene.Entry(Row(1, "c"), Row(3, null)));
        await HasRowsAsync("1=c", "4=b");

        await _scene.WriteAsync(Row(1, null), Row(2, "d"));
        await _scene.WriteAsync(Row(2, "e"), Row(4, null));
        await HasRowsAsync("2=e");
    }

    [Fact]
    public async Task Twenty_thousand_rows_of_a_batch_are_loaded()
    {
        const int count = 20_000;
        await _scene.WriteAsync(
            [.. Enumerable.Range(0, count).Select(static key => Row(key, $"{key}"))]);

        await ReopenAsync();
        Assert.Equal(
            Enumerable.Range(0, count).Select(static key => $"{key}={key}"),
            await _scene.RowsAsync());
    }

    [Fact]
    public async Task A_document_of_the_largest_size_takes_no_other_with_it()
    {
        string large = new('x', Memento.Tables.Documents.DocumentFormat.MaxBytes - 12);
        JournalEntry tooLarge = _scene.Entry(Row(1, large));
        JournalEntry other = _scene.Entry(Row(2, "a"));
        try
        {
            await _scene.WriteAsync(other, tooLarge);
        }
        catch (EntryRefusedException refused)
        {
            Assert.Equal(tooLarge.TransactionId, refused.TransactionId);
            await _scene.WriteAsync(other);
            await HasRowsAsync("2=a");
            return;
        }

        await ReopenAsync();
        List<StoredRow> rows = await LoadAsync("t", 0);
        Assert.Equal([large.Length, 1], rows.Select(static row => ValueOf(row).Length));
    }

    [Fact]
    public async Task A_load_sees_one_moment_whatever_is_written_meanwhile()
    {
        const int count = 5_000;
        await _scene.WriteAsync(
            [.. Enumerable.Range(0, count).Select(static key => Row(key, "old"))]);

        int old = 0;
        await foreach (StoredRow row in Storage.LoadAsync("t", 0, Token))
        {
            if (old == 0)
            {
                await _scene.WriteAsync(
                    [.. Enumerable.Range(0, count + 1).Select(static key => Row(key, "new"))]);
            }

            Assert.Equal("old", ValueOf(row));
            old++;
        }

        Assert.Equal(count, old);
        Assert.Equal(count + 1, (await _scene.RowsAsync()).Length);
    }

    [Fact]
    public async Task Loads_beside_writes_see_all_batches_up_to_one_and_all_of_each()
    {
        const int batches = 60;
        int written = 0;
        Task writing = Task.Run(
            async () =>
            {
                for (int number = 1; number <= batches; number++)
                {
                    await _scene.WriteAsync(
                        _scene.Entry(Row(number, $"{number}"), Row(0, $"{number}")),
                        _scene.Entry(Row(1_000 + number, $"{number}")));
                    Volatile.Write(ref written, number);
                }
            },
            Token);
        Task[] loading = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(CheckLoadsAsync, Token))];

        await writing;
        await Task.WhenAll(loading);

        async Task CheckLoadsAsync()
        {
            for (int seen = 0; seen < batches;)
            {
                int atLeast = Volatile.Read(ref written);
                string[] rows = await _scene.RowsAsync();
                seen = rows.Length / 2;
                Assert.True(seen >= atLeast, "A load misses what was written before it.");
                IEnumerable<int> numbers = Enumerable.Range(1, seen);
                Assert.Equal(
                    seen == 0
                        ? []
                        : (string[])[
                            $"0={seen}",
                            .. numbers.Select(static number => $"{number}={number}"),
                            .. numbers.Select(static number => $"{1_000 + number}={number}"),
                        ],
                    rows);
            }
        }
    }

    [Fact]
    public async Task Many_partitions_are_loaded_at_once_and_some_not_to_their_end()
    {
        const int partitions = 32;
        const int count = 1_500;
        await _scene.WriteAsync(
        [
            .. Enumerable.Range(0, count).Select(
                static key => Row(key, "a", partition: key % partitions)),
            .. Enumerable.Range(0, count).Select(
                static key => Row(key, "a", partition: partitions)),
        ]);

        for (int time = 0; time < 3; time++)
        {
            await foreach (StoredRow row in Storage.LoadAsync("t", partitions, Token))
            {
                Assert.Equal([0, 0], row.Key);
                break;
            }

            List<StoredRow>[] loaded = await Task.WhenAll(
                Enumerable.Range(0, partitions + 1).Select(each => LoadAsync("t", each)));
            Assert.Equal(count, loaded[..partitions].Sum(static each => each.Count));
            Assert.Equal(count, loaded[partitions].Count);
        }
    }

    private static JsonElement Json(byte[] document)
    {
        using JsonDocument json = JsonDocument.Parse(document);
        return json.RootElement.Clone();
    }

    private async Task<List<StoredRow>> LoadAsync(string table, int partition)
    {
        List<StoredRow> rows = [];
        await foreach (StoredRow row in Storage.LoadAsync(table, partition, Token))
            rows.Add(row);
        return rows;
    }
}
