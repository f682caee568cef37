namespace Memento.Tests.Tables;

/// <summary>A composite key, declared out of its order.</summary>
[Table(Name = "screenings", Type = TableType.OrderedSet, Partitions = 4)]
internal sealed class Screening
{
    [PrimaryKey(Order = 2)]
    public DateOnly Day { get; set; }

    [PrimaryKey(Order = 1)]
    [Index]
    public string? Cinema { get; set; }

    [Index(Unique = true)]
    public double Temperature { get; set; }

    public List<string> Guests { get; set; } = [];
}
