using Memento.Journaling;

namespace Memento.Numbering;

/// <summary>
/// A table's numbers; a block is on the disk as given before it is given: in the catalog, and in a note
/// beside the records. The higher of the two counts.
/// </summary>
internal sealed class SequenceGrain(
    [PersistentState("sequence", MementoStorage.Name)] IPersistentState<SequenceState> state,
    DurableStorage durable)
    : Grain, ISequenceGrain
{
    private CatalogNote<SequenceState>? _note;

    /// <summary>The grain's id; starts with a letter, since storage confuses all-digit keys.</summary>
    public static string KeyOf(string table) => $"sequence-{table}";

    public async Task<NumberRange> ReserveAsync(long used, int count)
    {
        CatalogNote<SequenceState> note = await NoteAsync();
        SequenceState before = state.State;
        long first = Math.Max(before.Last, used);
        var after = new SequenceState
        {
            Last = first > long.MaxValue - count ? long.MaxValue : first + count,
            RaisedBy = used > before.Last ? used : before.RaisedBy,
        };
        state.State = after;
        try
        {
            await Task.WhenAll(state.WriteStateAsync(), note.WriteAsync(after));
        }
        catch
        {
            state.State = before;
            throw;
        }

        return new NumberRange(first, after.Last, after.RaisedBy);
    }

    private async Task<CatalogNote<SequenceState>> NoteAsync()
    {
        if (_note is { } known) return known;

        string key = this.GetPrimaryKeyString();
        var note = new CatalogNote<SequenceState>(durable.Journal, key);
        if (await note.ReadAsync() is { } noted && noted.Last > state.State.Last) state.State = noted;
        return _note = note;
    }
}
