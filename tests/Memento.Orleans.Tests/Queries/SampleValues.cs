using System.Collections.Immutable;

namespace Memento.Tests.Queries;

/// <summary>A property of every type; derived types choose the key.</summary>
public abstract record SampleValues
{
    public abstract long Id { get; init; }

    public string? Text { get; init; }

    public abstract string Title { get; init; }

    public bool Flag { get; init; }

    public bool? MaybeFlag { get; init; }

    public sbyte SByte { get; init; }

    public byte Byte { get; init; }

    public byte? MaybeByte { get; init; }

    public short Short { get; init; }

    public short? MaybeShort { get; init; }

    public ushort UShort { get; init; }

    public int Int { get; init; }

    public int? MaybeInt { get; init; }

    public uint UInt { get; init; }

    public long Long { get; init; }

    public long? MaybeLong { get; init; }

    public ulong ULong { get; init; }

    public char Char { get; init; }

    public char? MaybeChar { get; init; }

    public float Float { get; init; }

    public float? MaybeFloat { get; init; }

    public double Double { get; init; }

    public double? MaybeDouble { get; init; }

    public decimal Decimal { get; init; }

    public decimal? MaybeDecimal { get; init; }

    public Guid Guid { get; init; }

    public Guid? MaybeGuid { get; init; }

    public DateTime Time { get; init; }

    public DateTime? MaybeTime { get; init; }

    public DateTimeOffset Instant { get; init; }

    public DateTimeOffset? MaybeInstant { get; init; }

    public DateOnly Day { get; init; }

    public TimeOnly Clock { get; init; }

    public TimeSpan Length { get; init; }

    public Genre Genre { get; init; }

    public Genre? MaybeGenre { get; init; }

    public Rating Rating { get; init; }

    public Rights Rights { get; init; }

    public List<string>? Tags { get; init; }

    public int[]? Numbers { get; init; }

    public ImmutableArray<int?> Scores { get; init; }

    public Address? Home { get; init; }

    public List<Address>? Offices { get; init; }

    public Dictionary<string, string?>? Meta { get; init; }

    public Dictionary<int, int?>? Stock { get; init; }

    public Dictionary<Genre, Address>? Places { get; init; }
}
