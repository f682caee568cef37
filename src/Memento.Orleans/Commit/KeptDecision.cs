using Memento.Storage;

namespace Memento.Commit;

/// <summary>
/// What the storage keeps with a commit that participants of others wait for: that it was decided,
/// and whom it has to be told. The rows are in the batch of the commit, so that both are durable or
/// neither is.
/// </summary>
/// <param name="Row">The decision.</param>
/// <param name="Done">Earlier decisions that everybody knows: they are deleted.</param>
internal sealed record KeptDecision(RowWrite Row, IReadOnlyList<RowWrite> Done)
{
    public void AddTo(List<RowWrite> writes)
    {
        writes.Add(Row);
        writes.AddRange(Done);
    }
}
