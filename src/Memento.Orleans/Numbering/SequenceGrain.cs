using Memento.Journaling;

namespace Memento.Numbering;

/// <summary>
/// A table's numbers; a block is on the disk as given before it is given: in the catalog, and in a
/// note beside the records. The higher of the two counts.
/// </summary>
internal sealed class SequenceGrain(
    [PersistentState("sequence", MementoStorage.Name)] IPersistentState<SequenceState> state,
    DurableStorage durable)
    : Grain, ISequenceGrain
{
    private CatalogNote<SequenceState>? _note;

    /// <summary>
    /// The grain's id; starts with a letter, since storage confuses all-digit keys.
    /// </summary>
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
        if (await note.ReadAsync() is { } noted && noted.Last > state.State.Last)
            state.State = noted;
        return _note = note;
    }
}

/// <summary>A table's numbers, given out in blocks; kept by Orleans' grain storage.</summary>
[Alias("Memento.ISequenceGrain")]
internal interface ISequenceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes a block for a silo; no number of it was or will be given to anyone else.
    /// </summary>
    /// <param name="used">Every number up to here counts as used, because a record has it.</param>
    /// <param name="count">How many numbers, at the most.</param>
    [Alias("ReserveAsync")]
    Task<NumberRange> ReserveAsync(long used, int count);
}

/// <summary>The stored form of a sequence.</summary>
internal sealed class SequenceState
{
    /// <summary>Every number up to here may have been given.</summary>
    public long Last { get; set; }

    /// <summary>The explicit key above which it last went on; null for none.</summary>
    public long? RaisedBy { get; set; }
}

/// <summary>
/// Numbers that a sequence has given to a silo; none where the sequence is at its end.
/// </summary>
/// <param name="Used">Every number up to here is used, by whomever.</param>
/// <param name="Last">
/// The last number of the range; the first is the one above <see cref="Used"/>.
/// </param>
/// <param name="RaisedBy">
/// The explicit key above which the sequence last went on; null for none.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.NumberRange")]
internal sealed record NumberRange(
    [property: Id(0)] long Used, [property: Id(1)] long Last, [property: Id(2)] long? RaisedBy);
