namespace Memento.Tests.Queries;

/// <summary>A record with a property of every type.</summary>
[Table(Name = "Sample")]
public sealed record Sample : SampleValues
{
    public override long Id { get; init; }

    public override string Title { get; init; } = "";
}
