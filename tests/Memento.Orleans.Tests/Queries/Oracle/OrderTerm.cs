namespace Memento.Tests.Queries.Oracle;

/// <summary>One property of an order.</summary>
internal sealed record OrderTerm(SamplePath Path, bool IsDescending)
{
    public override string ToString() => IsDescending ? $"{Path.Name} descending" : Path.Name;
}
