namespace Memento.LogStorage;

/// <summary>The rows of a partition at one moment.</summary>
/// <param name="Rows">Which rows.</param>
/// <param name="Runs">The runs that have them, oldest first.</param>
/// <param name="Overlays">
/// What the log has said about them since, in no order, older overlays first.
/// </param>
/// <param name="Last">The number of the last state of the log that has set one of them.</param>
internal sealed record PartitionRows(
    RowsId Rows, IReadOnlyList<Run> Runs, IReadOnlyList<LogRow[]> Overlays, long Last)
{
    /// <summary>Whether another moment has the same rows, wherever they are.</summary>
    public bool IsSame(PartitionRows other) => Rows == other.Rows && Last == other.Last;
}
