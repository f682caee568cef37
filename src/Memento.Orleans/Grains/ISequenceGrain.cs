namespace Memento.Grains;

/// <summary>A table's numbers, given out in blocks; kept by Orleans' grain storage.</summary>
[Alias("Memento.ISequenceGrain")]
internal interface ISequenceGrain : IGrainWithStringKey
{
    /// <summary>Takes a block for a silo; no number of it was or will be given to anyone else.</summary>
    /// <param name="atLeast">The first number may not be below this.</param>
    /// <param name="count">How many numbers.</param>
    /// <returns>The first number.</returns>
    /// <exception cref="MementoException">The numbers are used up.</exception>
    [Alias("ReserveAsync")]
    Task<long> ReserveAsync(long atLeast, int count);
}
