namespace Memento.Tests.Queries.Oracle;

/// <summary>A sample with a key of two properties.</summary>
/// <typeparam name="TTable">Tells the tables apart, which have other indexes.</typeparam>
public sealed record PairRow<TTable> : SampleValues, IRow
{
    [PrimaryKey(Order = 0)]
    public override long Id { get; init; }

    [PrimaryKey(Order = 1)]
    public override string Title { get; init; } = "";

    public int Serial { get; init; }
}
