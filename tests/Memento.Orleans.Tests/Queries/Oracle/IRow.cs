namespace Memento.Tests.Queries.Oracle;

/// <summary>A record that says which write it is of: answers are compared by that.</summary>
public interface IRow
{
    /// <summary>Another one for each write.</summary>
    int Serial { get; init; }
}
