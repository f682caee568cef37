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
}
