namespace Memento.Tests.Queries.Oracle;

/// <summary>A sample with one property for its key.</summary>
/// <typeparam name="TTable">Tells the tables apart, which have other indexes.</typeparam>
public sealed record IdRow<TTable> : SampleValues, IRow
{
    public override long Id { get; init; }

    public override string Title { get; init; } = "";

    public int Serial { get; init; }
}
