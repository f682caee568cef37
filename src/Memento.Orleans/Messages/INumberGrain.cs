namespace Memento.Messages;

/// <summary>
/// Gives clients numbers for a table, id the table's name, from the silo that they talk to.
/// </summary>
[Alias("Memento.INumberGrain")]
internal interface INumberGrain : IGrainWithStringKey
{
    [Alias("NextAsync")]
    Task<long> NextAsync();
}
