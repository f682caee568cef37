namespace Memento.Silo.Describing;

/// <summary>Columns of text, each as wide as its widest cell.</summary>
/// <param name="columns">
/// The names of the columns. One that begins with <see cref="Number"/> has numbers, on the right.
/// </param>
internal sealed class TextTable(params string[] columns)
{
    public const char Number = '#';

    private readonly List<string[]> _rows =
        [[.. columns.Select(static name => name.TrimStart(Number))]];

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes the rows, or only some, and how many there are more.</summary>
    public async Task WriteAsync(TextWriter writer, int most = int.MaxValue)
    {
        List<string[]> rows = [.. _rows.Take((int)Math.Min(most + 1L, int.MaxValue))];
        int[] widths =
        [
            .. columns.Select((_, column) => rows.Max(
                row => column < row.Length ? row[column].Length : 0)),
        ];
        foreach (string[] row in rows)
        {
            IEnumerable<string> cells = row.Select((cell, column) =>
                columns[column][0] == Number
                    ? cell.PadLeft(widths[column])
                    : cell.PadRight(widths[column]));
            await writer.WriteLineAsync($"  {string.Join("  ", cells)}".TrimEnd());
        }

        int left = _rows.Count - rows.Count;
        if (left > 0) await writer.WriteLineAsync($"  … and {left} more (--json has all)");
        await writer.WriteLineAsync();
    }
}
