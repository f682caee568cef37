using System.Text.Json;
using Memento.Tables.Documents;

namespace Memento.Tests.Queries.Oracle;

/// <summary>
/// Fills tables with the same records, writes into them, and asks each the same queries, over
/// committed and uncommitted records. Everything follows from one seed.
/// </summary>
internal sealed class OracleRun(IMemento memento, OracleTables tables, int seed)
{
    /// <summary>The property that a unique index is on.</summary>
    public const string Unique = nameof(Sample.MaybeLong);

    /// <summary>Most keys are one of the first numbers.</summary>
    public const int Ids = 12;

    private const int QueriesEach = 6;
    private const int MostRecords = 40;

    private Random _random = new(seed);
    private int _lastSerial;

    public int Cases { get; private set; }

    /// <summary>Runs until so many queries have been asked of all tables.</summary>
    public async Task RunAsync(int cases)
    {
        while (Cases < cases)
        {
            await RunAsync(FillAsync, commits: true);
            await RunAsync(
                async tx =>
                {
                    for (int block = 1 + _random.Next(3); block > 0; block--)
                    {
                        await ChangeAsync(tx);
                        await AskAsync(tx);
                    }
                },
                commits: _random.Next(2) == 0);
            await RunAsync(
                async tx =>
                {
                    await AskAsync(tx);
                    foreach (OracleTable table in tables.All)
                    {
                        await table.CheckContentAsync(
                            tx, table.Model, $"seed {seed}: content of {table.Name}");
                    }
                },
                commits: true);
        }
    }

    /// <summary>
    /// Runs a body that begins where it began when it is run again: an aborted transaction before
    /// it may have locks for a moment yet.
    /// </summary>
    private async Task RunAsync(Func<ITransaction, Task> body, bool commits)
    {
        int bodySeed = _random.Next();
        (int Serial, int Cases, List<ModelRow[]> Images) start = (_lastSerial, Cases, Images());
        await memento.TryTransactionAsync(async tx =>
        {
            _random = new Random(bodySeed);
            (_lastSerial, Cases) = (start.Serial, start.Cases);
            SetBack(start.Images);
            await body(tx);
            if (!commits) tx.Abort();
        });
        if (!commits) SetBack(start.Images);
    }

    private async Task FillAsync(ITransaction tx)
    {
        foreach (OracleTable table in tables.All)
        {
            foreach (ModelRow row in table.Model.Rows)
                await table.DeleteAsync(tx, row.Values);
        }

        foreach (OracleModel model in tables.Models)
            model.SetBack([]);
        for (int count = _random.Next(MostRecords); count > 0; count--)
            await WriteAsync(tx);
    }

    /// <summary>Writes and deletes, in savepoints too, of which some are taken back.</summary>
    private async Task ChangeAsync(ITransaction tx)
    {
        for (int count = _random.Next(5); count > 0; count--)
            await ChangeOnceAsync(tx);
        if (_random.Next(2) == 0) return;

        bool commits = _random.Next(2) == 0;
        List<ModelRow[]> images = Images();
        await tx.TryNestedAsync(async inner =>
        {
            for (int count = 1 + _random.Next(5); count > 0; count--)
                await ChangeOnceAsync(inner);
            if (_random.Next(3) == 0) await AskAsync(inner, count: 2);
            if (_random.Next(3) == 0) await ChangeAsync(inner);
            if (!commits) inner.Abort();
        });
        if (!commits) SetBack(images);
    }

    private Task ChangeOnceAsync(ITransaction tx) => _random.Next(5) switch
    {
        0 => DeleteAsync(tx),
        1 => DeleteRecordAsync(tx),
        _ => WriteAsync(tx),
    };

    private async Task WriteAsync(ITransaction tx)
    {
        Sample values = NextStorable(_random);
        if (_random.Next(4) != 0) values = values with { Id = _random.Next(Ids) };
        if (tables.Models.Any(model => model.Rows.Any(
            row => row.Values.MaybeLong == values.MaybeLong)))
            values = values with { MaybeLong = null };

        var row = new ModelRow(values, ++_lastSerial);
        foreach (OracleModel model in tables.Models)
            model.Write(row);
        foreach (OracleTable table in tables.All)
            await table.WriteAsync(tx, row);
    }

    private async Task DeleteAsync(ITransaction tx)
    {
        Sample ofKey = PickRow()?.Values ?? new Sample();
        List<bool> expected = [.. tables.Models.Select(model => model.Delete(ofKey))];
        foreach (OracleTable table in tables.All)
        {
            Assert.Equal(
                expected[IndexOf(table.Model)], await table.DeleteAsync(tx, ofKey));
        }
    }

    private async Task DeleteRecordAsync(ITransaction tx)
    {
        if (PickRow() is not { } row) return;

        List<bool> expected = [.. tables.Models.Select(model => model.DeleteRecord(row.Serial))];
        foreach (OracleTable table in tables.All)
        {
            Assert.Equal(
                expected[IndexOf(table.Model)], await table.DeleteRecordAsync(tx, row));
        }
    }

    private async Task AskAsync(ITransaction tx, int count = QueriesEach)
    {
        for (; count > 0; count--)
        {
            RandomQuery query = RandomQuery.Next(_random, tables.Focus);
            string context = $"seed {seed}, case {++Cases}: {query}\n{tables}";
            foreach (OracleTable table in tables.All)
            {
                await table.CheckAsync(
                    tx, table.Model, query, $"table {table.Name}, {context}");
            }
        }
    }

    /// <summary>
    /// A sample without half of a surrogate pair, which documents refuse, or an array that is none.
    /// </summary>
    public static Sample NextStorable(Random random)
    {
        while (true)
        {
            Sample sample = RandomSample.Next(random);
            if (sample.Scores.IsDefault) sample = sample with { Scores = [] };
            try
            {
                JsonSerializer.SerializeToUtf8Bytes(sample, DocumentFormat.Options);
                return sample;
            }
            catch (JsonException)
            {
                // Another one will do.
            }
        }
    }

    private ModelRow? PickRow()
    {
        OracleModel model = tables.Models[_random.Next(tables.Models.Count)];
        return model.Rows.Count == 0 ? null : model.Rows[_random.Next(model.Rows.Count)];
    }

    private int IndexOf(OracleModel model)
    {
        for (int index = 0; index < tables.Models.Count; index++)
        {
            if (tables.Models[index] == model) return index;
        }

        throw new ArgumentException("It is no model of these tables.", nameof(model));
    }

    private List<ModelRow[]> Images() => [.. tables.Models.Select(static model => model.Image())];

    private void SetBack(List<ModelRow[]> images)
    {
        for (int index = 0; index < images.Count; index++)
            tables.Models[index].SetBack(images[index]);
    }
}
