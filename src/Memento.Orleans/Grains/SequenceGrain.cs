using Memento.Storage;

namespace Memento.Grains;

/// <summary>A table's numbers; a block is on the disk as given before it is given.</summary>
internal sealed class SequenceGrain(
    [PersistentState("sequence", MementoStorage.Name)] IPersistentState<SequenceState> state)
    : Grain, ISequenceGrain
{
    /// <summary>The grain's id; starts with a letter, since storage confuses all-digit keys.</summary>
    public static string KeyOf(string table) => $"sequence-{table}";

    public async Task<NumberRange> ReserveAsync(long used, int count)
    {
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
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = before;
            throw;
        }

        return new NumberRange(first, after.Last, after.RaisedBy);
    }
}
