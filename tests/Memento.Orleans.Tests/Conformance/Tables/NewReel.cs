using System.Text.Json.Serialization;

namespace Memento.Tests.Conformance.Tables;

/// <summary>
/// The same film in a program of today: names, types and properties have changed. A length beyond
/// the range of an int cannot be read.
/// </summary>
[Table(Name = "Reel", Type = TableType.OrderedSet, AutoIncrement = true,
    Storage = TableStorage.Disk)]
public sealed record NewReel
{
    public long Id { get; init; }

    [Index(Unique = true)]
    public string? Title { get; init; }

    [Index]
    public int Length { get; init; }

    public double? Rating { get; init; }

    [JsonPropertyName("Day")]
    public required string Weekday { get; init; }

    public required string Studio { get; init; }

    public int Copies { get; init; } = 1;
}
