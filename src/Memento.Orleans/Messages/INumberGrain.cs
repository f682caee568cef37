namespace Memento.Messages;

/// <summary>
/// Gives numbers of a table to clients, from the silo that they are connected to. Its id is the
/// table's name.
/// </summary>
[Alias("Memento.INumberGrain")]
internal interface INumberGrain : IGrainWithStringKey
{
    [Alias("NextAsync")]
    Task<long> NextAsync();

    /// <summary>
    /// Counts every number up to one as given; returns the number up to which all do.
    /// </summary>
    [Alias("ReserveAsync")]
    Task<long> ReserveAsync(long number);
}
