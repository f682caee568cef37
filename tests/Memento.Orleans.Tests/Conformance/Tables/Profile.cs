namespace Memento.Tests.Conformance.Tables;

/// <summary>A class that can be changed after it was written or read.</summary>
[Table(Partitions = 1)]
public sealed class Profile
{
    public Guid Id { get; set; }
    [Index] public string? Name { get; set; }
    public List<string> Friends { get; set; } = [];
}
