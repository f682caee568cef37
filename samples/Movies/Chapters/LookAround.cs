using System.Globalization;
using Memento;
using Movies.Output;
using Movies.Tables;

namespace Movies.Chapters;

/// <summary>Shows the tables of the store.</summary>
internal sealed class LookAround : IChapter
{
    public string Title => "What there is now";

    public async Task RunAsync(
        IMemento memento, Narrator narrator, CancellationToken cancellationToken)
    {
        narrator.Code("TableInfo info = await memento.Tables.InfoAsync<Movie>();");
        TableInfo[] infos =
        [
            await memento.Tables.InfoAsync<Movie>(cancellationToken),
            await memento.Tables.InfoAsync<Review>(cancellationToken),
            await memento.Tables.InfoAsync<Rental>(cancellationToken),
            await memento.Tables.InfoAsync<Shelf>(cancellationToken),
            await memento.Tables.InfoAsync<Import>(cancellationToken),
        ];

        var table = MovieTable.New("Table", "Type", "Storage", "Records", "Memory", "Indexes");
        MovieTable.AlignRight(table, 3, 4);
        foreach (TableInfo info in infos)
        {
            MovieTable.AddRow(
                table,
                info.Name,
                info.Type.ToString(),
                info.Storage.ToString(),
                info.Size.ToString("N0", CultureInfo.InvariantCulture),
                Format(info.Memory),
                info.Indexes.Count == 0
                    ? null
                    : string.Join(", ", info.Indexes.Select(static index => index.Name)));
        }

        narrator.Show(table);
    }

    private static string Format(long bytes)
        => bytes < 10_000
            ? bytes.ToString("N0", CultureInfo.InvariantCulture) + " B"
            : (bytes / 1000).ToString("N0", CultureInfo.InvariantCulture) + " KB";
}
