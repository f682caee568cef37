using System.Globalization;

namespace Memento.Tests.Consistency;

/// <summary>A query, and its right answer for known cells.</summary>
/// <param name="Look">The way.</param>
/// <param name="From">The first value or key.</param>
/// <param name="Size">How many values or keys, or how many results.</param>
/// <param name="Group">The group.</param>
internal sealed record CellQuery(CellLook Look, int From, int Size, int Group)
{
    private int To => From + Size;

    public static CellQuery Next(Random random, int values)
        => new(
            (CellLook)random.Next(Enum.GetValues<CellLook>().Length),
            random.Next(values),
            1 + random.Next(3),
            random.Next(2));

    public async Task<string> AskAsync(ITransaction tx)
    {
        ITableQuery<Cell> cells = tx.Query<Cell>();
        IOrderedTableQuery<Cell> byKey = cells.OrderBy(cell => cell.Id);
        switch (Look)
        {
            case CellLook.IndexRange:
                return Text(await cells.Where(cell => cell.Value >= From && cell.Value < To)
                    .OrderBy(cell => cell.Value).ToListAsync());
            case CellLook.KeyRange:
                return Text(
                    await byKey.Where(cell => cell.Id >= From && cell.Id < To).ToListAsync());
            case CellLook.GroupAndValue:
                return Text(await byKey.Where(cell => cell.Group == Group && cell.Value == From)
                    .ToListAsync());
            case CellLook.FirstByValue:
                return Text(
                    await cells.OrderBy(cell => cell.Value).Skip(1).Take(Size).ToListAsync());
            case CellLook.LastByValue:
                return Text(await cells.Where(cell => cell.Group == Group)
                    .OrderByDescending(cell => cell.Value).Take(Size).ToListAsync());
            case CellLook.FirstByKey:
                return Text(await byKey.Take(Size).ToListAsync());
            case CellLook.LastByKeyOfGroup:
                return Text(await cells.Where(cell => cell.Group == Group)
                    .OrderByDescending(cell => cell.Id).Take(Size).ToListAsync());
            case CellLook.Page:
                Page<Cell> page = await cells.Where(cell => cell.Group == Group)
                    .OrderBy(cell => cell.Value).ToPageAsync(Size);
                return Text(page.Items, isMore: page.Next is not null);
            case CellLook.Stream:
                return Text(await StreamAsync(byKey.Where(cell => cell.Id >= From)));
            default:
                return await AskOneAsync(tx, cells);
        }
    }

    /// <summary>The same of cells that are given by key.</summary>
    public string Answer(CellModel model)
    {
        Cell[] cells = [.. model.Cells];
        IEnumerable<Cell> ofGroup = cells.Where(cell => cell.Group == Group);
        return Look switch
        {
            CellLook.IndexRange => Text(cells.Where(cell => cell.Value >= From && cell.Value < To)
                .OrderBy(static cell => cell.Value)),
            CellLook.KeyRange => Text(cells.Where(cell => cell.Id >= From && cell.Id < To)),
            CellLook.GroupAndValue => Text(ofGroup.Where(cell => cell.Value == From)),
            CellLook.FirstByValue => Text(
                cells.OrderBy(static cell => cell.Value).Skip(1).Take(Size)),
            CellLook.LastByValue => Text(
                ofGroup.Reverse().OrderByDescending(static cell => cell.Value).Take(Size)),
            CellLook.FirstByKey => Text(cells.Take(Size)),
            CellLook.LastByKeyOfGroup => Text(ofGroup.Reverse().Take(Size)),
            CellLook.Page => Text(
                ofGroup.OrderBy(static cell => cell.Value).Take(Size), ofGroup.Count() > Size),
            CellLook.Stream => Text(cells.Where(cell => cell.Id >= From).Take(Size)),
            CellLook.CountOfGroup => Text(ofGroup.Count()),
            CellLook.CountOfAll => Text(cells.Length),
            CellLook.AnyOfRange => Text(cells.Any(cell => cell.Value >= From && cell.Value < To)),
            CellLook.Greatest => Text(ofGroup.Max(static cell => cell.Value)),
            CellLook.Keys => string.Join(' ', cells.Select(static cell => cell.Id).Distinct()),
            CellLook.NextKey => Text(cells.FirstOrDefault(cell => cell.Id > From)?.Id),
            _ => Text(cells.LastOrDefault(cell => cell.Id < From)?.Id),
        };
    }

    private async Task<string> AskOneAsync(ITransaction tx, ITableQuery<Cell> cells)
    {
        ITableQuery<Cell> ofGroup = cells.Where(cell => cell.Group == Group);
        return Look switch
        {
            CellLook.CountOfGroup => Text(await ofGroup.CountAsync()),
            CellLook.CountOfAll => Text(await tx.CountAsync<Cell>()),
            CellLook.AnyOfRange => Text(await cells
                .Where(cell => cell.Value >= From && cell.Value < To).AnyAsync()),
            CellLook.Greatest => Text(await ofGroup.MaxAsync(cell => cell.Value)),
            CellLook.Keys => string.Join(' ', await tx.AllKeysAsync<Cell>()),
            CellLook.NextKey => Text(await tx.NextKeyAsync<Cell>(From)),
            CellLook.PreviousKey => Text(await tx.PreviousKeyAsync<Cell>(From)),
            _ => throw new InvalidOperationException($"{Look} gives cells."),
        };
    }

    private async Task<List<Cell>> StreamAsync(ITableQuery<Cell> query)
    {
        List<Cell> found = [];
        await foreach (Cell cell in query.AsAsyncEnumerable())
        {
            found.Add(cell);
            if (found.Count == Size) break;
        }

        return found;
    }

    private static string Text(IEnumerable<Cell> cells, bool isMore = false)
        => string.Join(' ', cells.Select(static cell => cell.Stamp)) + (isMore ? " ..." : "");

    private static string Text(object? value)
        => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
