using System.Collections.Immutable;

namespace Memento.Tests.Queries;

/// <summary>A record with a property of every type, indexed where a type can be.</summary>
[Table(Name = "Sample")]
public sealed record Sample
{
    public long Id { get; init; }

    [Index]
    public string? Text { get; init; }

    public string Title { get; init; } = "";

    [Index]
    public bool Flag { get; init; }

    [Index]
    public bool? MaybeFlag { get; init; }

    [Index]
    public sbyte SByte { get; init; }

    [Index]
    public byte Byte { get; init; }

    public byte? MaybeByte { get; init; }

    [Index]
    public short Short { get; init; }

    public short? MaybeShort { get; init; }

    [Index]
    public ushort UShort { get; init; }

    [Index]
    public int Int { get; init; }

    [Index]
    public int? MaybeInt { get; init; }

    [Index]
    public uint UInt { get; init; }

    [Index]
    public long Long { get; init; }

    [Index]
    public long? MaybeLong { get; init; }

    [Index]
    public ulong ULong { get; init; }

    [Index]
    public char Char { get; init; }

    public char? MaybeChar { get; init; }

    [Index]
    public float Float { get; init; }

    public float? MaybeFloat { get; init; }

    [Index]
    public double Double { get; init; }

    [Index]
    public double? MaybeDouble { get; init; }

    [Index]
    public decimal Decimal { get; init; }

    public decimal? MaybeDecimal { get; init; }

    [Index]
    public Guid Guid { get; init; }

    public Guid? MaybeGuid { get; init; }

    [Index]
    public DateTime Time { get; init; }

    [Index]
    public DateTime? MaybeTime { get; init; }

    [Index]
    public DateTimeOffset Instant { get; init; }

    public DateTimeOffset? MaybeInstant { get; init; }

    [Index]
    public DateOnly Day { get; init; }

    [Index]
    public TimeOnly Clock { get; init; }

    [Index]
    public TimeSpan Length { get; init; }

    [Index]
    public Genre Genre { get; init; }

    [Index]
    public Genre? MaybeGenre { get; init; }

    [Index]
    public Rating Rating { get; init; }

    [Index]
    public Rights Rights { get; init; }

    public List<string>? Tags { get; init; }

    public int[]? Numbers { get; init; }

    public ImmutableArray<int?> Scores { get; init; }

    public Address? Home { get; init; }

    public List<Address>? Offices { get; init; }
}
