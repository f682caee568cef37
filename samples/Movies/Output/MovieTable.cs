using System.Globalization;
using Movies.Tables;
using Spectre.Console;

namespace Movies.Output;

/// <summary>Shows films as a table.</summary>
internal static class MovieTable
{
    public static Table Of(params IEnumerable<Movie> movies)
    {
        Table table = New("Id", "Title", "Director", "Year", "IMDB");
        AlignRight(table, 0, 3, 4);
        foreach (Movie movie in movies)
        {
            AddRow(
                table,
                movie.Id.ToString(CultureInfo.InvariantCulture),
                movie.Title,
                movie.Director,
                movie.Year?.ToString(CultureInfo.InvariantCulture),
                movie.Rating?.ToString("0.0", CultureInfo.InvariantCulture));
        }

        return table;
    }

    /// <summary>An empty table in the style of this program.</summary>
    public static Table New(params IEnumerable<string> columns)
    {
        Table table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach (string column in columns) table.AddColumn($"[bold]{Markup.Escape(column)}[/]");
        return table;
    }

    /// <summary>Aligns columns of numbers.</summary>
    public static void AlignRight(Table table, params IEnumerable<int> columns)
    {
        foreach (int column in columns) table.Columns[column].Alignment = Justify.Right;
    }

    /// <summary>Adds a row of plain text; an unknown value is a dash.</summary>
    public static void AddRow(Table table, params IEnumerable<string?> cells)
        => table.AddRow(cells.Select(static cell => cell is null
            ? new Markup("[grey]—[/]")
            : new Markup(Markup.Escape(cell))));
}
