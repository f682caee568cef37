namespace Memento.Messages;

/// <summary>
/// Gives numbers of a table to clients, from the silo that they are connected to. Its id is the
/// table's name.
/// </summary>
[Alias("Memento.INumberGrain")]
internal interface INumberGrain : IGrainWithStringKey
{
    /// <param name="used">
    /// Every number up to this one counts as used, because the client has written a record with it.
    /// </param>
    [Alias("NextAsync")]
    Task<long> NextAsync(long used);

    /// <summary>
    /// Counts every number up to one as given; returns the number up to which all do.
    /// </summary>
    [Alias("ReserveAsync")]
    Task<long> ReserveAsync(long number);
}
