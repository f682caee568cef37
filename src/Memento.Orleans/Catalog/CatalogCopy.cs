using Memento.Messages;
using Memento.Tables;

namespace Memento.Catalog;

/// <summary>
/// What this silo knows of the catalog. Every change of the catalog is here before its caller
/// hears of it. An older image never replaces a newer one.
/// </summary>
internal sealed class CatalogCopy(TableRegistry tables)
{
    private readonly Lock _gate = new();
    private volatile CatalogImage? _image;

    /// <summary>The newest image; null before the first.</summary>
    public CatalogImage? Image => _image;

    /// <summary>A table that exists and is not being deleted.</summary>
    public KnownTable? Find(string name) => FindIn(_image, name);

    /// <summary>
    /// Whether a table exists, and is the one of that name that there was by an earlier image.
    /// </summary>
    public bool HasStill(string name, CatalogImage? earlier)
    {
        CatalogImage? now = _image;
        return FindIn(now, name) is { } known
            && (ReferenceEquals(now, earlier) || FindIn(earlier, name)?.Made == known.Made);
    }

    /// <summary>
    /// Takes an image over, and gives the tables of this silo their indexes. Returns why this silo
    /// cannot use some; null if it can use all.
    /// </summary>
    public string? Learn(CatalogImage image)
    {
        List<string> problems = [];
        lock (_gate)
        {
            if (_image is { } known && known.Version >= image.Version) return null;

            foreach (TableDefinition table in tables.Tables)
            {
                try
                {
                    if (image.Find(table.Name) is { } found)
                        table.LearnIndexes(image.Version, found.Indexes);
                    else
                        table.UseDeclaredIndexes(image.Version);
                }
                catch (MementoException problem)
                {
                    problems.Add(problem.Message);
                }
            }

            _image = image;
        }

        return problems.Count == 0 ? null : string.Join(' ', problems);
    }

    private static KnownTable? FindIn(CatalogImage? image, string name)
        => image?.Find(name) is { IsBeingDeleted: false } known ? known : null;
}
