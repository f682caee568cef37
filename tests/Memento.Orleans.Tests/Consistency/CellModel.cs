namespace Memento.Tests.Consistency;

/// <summary>The cells as a serial order of transactions leaves them.</summary>
internal sealed class CellModel(bool isBag)
{
    private readonly List<Cell> _cells = [];

    /// <summary>By key, and in a bag in the order of the writes.</summary>
    public IEnumerable<Cell> Cells => _cells.OrderBy(static cell => cell.Id);

    /// <summary>Writes a cell; a cell without a stamp deletes the record of its key.</summary>
    public void Apply(Cell write)
    {
        if (!isBag || write.Stamp == 0) _cells.RemoveAll(cell => cell.Id == write.Id);
        if (write.Stamp != 0) _cells.Add(write);
    }
}
