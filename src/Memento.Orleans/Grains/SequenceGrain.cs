using Memento.Storage;

namespace Memento.Grains;

/// <summary>A table's numbers; a block is on the disk as given before it is given.</summary>
internal sealed class SequenceGrain(
    [PersistentState("sequence", MementoStorage.Name)] IPersistentState<SequenceState> state)
    : Grain, ISequenceGrain
{
    /// <summary>The grain's id; starts with a letter, since storage confuses all-digit keys.</summary>
    public static string KeyOf(string table) => $"sequence-{table}";

    public async Task<long> ReserveAsync(long atLeast, int count)
    {
        long last = state.State.Last;
        long first = Math.Max(last, atLeast - 1);
        if (first > long.MaxValue - count)
        {
            throw new MementoException(
                $"The numbers of {this.GetPrimaryKeyString()} are used up: the highest key is {first}. "
                + "Write records with keys of your own.");
        }

        state.State.Last = first + count;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State.Last = last;
            throw;
        }

        return first + 1;
    }
}
