namespace Memento.Numbering;

/// <summary>A table's numbers, given out in blocks; kept by Orleans' grain storage.</summary>
[Alias("Memento.ISequenceGrain")]
internal interface ISequenceGrain : IGrainWithStringKey
{
    /// <summary>Takes a block for a silo; no number of it was or will be given to anyone else.</summary>
    /// <param name="used">Every number up to here counts as used, because a record has it.</param>
    /// <param name="count">How many numbers, at the most.</param>
    [Alias("ReserveAsync")]
    Task<NumberRange> ReserveAsync(long used, int count);
}
