using Memento.Journaling;
using Memento.Messages;
using Orleans.GrainDirectory;

namespace Memento.Numbering;

/// <summary>
/// The numbers of a table. A block is on the disk before its numbers are given: in the catalog, and
/// in a note beside the records. The higher of the two counts.
/// </summary>
[GrainDirectory(StoreDirectory.Name)]
internal sealed class SequenceGrain(
    [PersistentState("sequence", MementoStorage.Name)] IPersistentState<SequenceState> state,
    DurableStorage durable)
    : Grain, ISequenceGrain
{
    private CatalogNote<SequenceState>? _note;

    /// <summary>
    /// The id of the grain. It starts with a letter, because storage confuses keys of digits.
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

/// <summary>
/// Gives the numbers of a table in blocks. Orleans' grain storage keeps its state.
/// </summary>
[Alias("Memento.ISequenceGrain")]
internal interface ISequenceGrain : IGrainWithStringKey
{
    /// <summary>Takes a block for a silo. No other silo ever gets a number of the block.</summary>
    /// <param name="used">
    /// Every number up to this one counts as used, because a record has it.
    /// </param>
    /// <param name="count">How many numbers, at the most.</param>
    [Alias("ReserveAsync")]
    Task<NumberRange> ReserveAsync(long used, int count);
}

/// <summary>The stored form of a sequence.</summary>
internal sealed class SequenceState
{
    /// <summary>Every number up to this one may have been given.</summary>
    public long Last { get; set; }

    /// <summary>The explicit key after which the numbers last went on; null for none.</summary>
    public long? RaisedBy { get; set; }
}

/// <summary>
/// Numbers that a sequence has given to a silo; none if the sequence is at its end.
/// </summary>
/// <param name="Used">Every number up to this one is used.</param>
/// <param name="Last">
/// The last number of the range; the first one follows <see cref="Used"/>.
/// </param>
/// <param name="RaisedBy">
/// The explicit key after which the sequence last went on; null for none.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.NumberRange")]
internal sealed record NumberRange(
    [property: Id(0)] long Used, [property: Id(1)] long Last, [property: Id(2)] long? RaisedBy);
