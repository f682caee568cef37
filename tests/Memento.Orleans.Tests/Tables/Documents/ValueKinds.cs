using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Memento.Tests.Tables.Documents;

// Types whose values come back only sometimes.

internal sealed class Word
{
    public string Id { get; set; } = "";

    public int Length { get; set; }
}

[JsonPolymorphic(UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToBaseType)]
[JsonDerivedType(typeof(LooselyNamed), "named")]
internal class Loosely
{
    public string? Name { get; set; }
}

internal sealed class LooselyNamed : Loosely;

internal sealed class LooselyDerived : Loosely
{
    public int Size { get; set; }
}

internal sealed class ByParity : IEqualityComparer<int>
{
    public static readonly ByParity Instance = new();

    public bool Equals(int x, int y) => (x - y) % 2 == 0;

    public int GetHashCode(int obj) => obj % 2;
}

/// <summary>Of as many levels as one wants.</summary>
internal sealed class Chain
{
    public int Id { get; set; }

    public Chain? Next { get; set; }

    public int[]? Tags { get; set; }

    /// <summary>As many links, the last one with an array.</summary>
    public static Chain Of(int links)
    {
        var chain = new Chain { Tags = [] };
        for (int link = 1; link < links; link++)
            chain = new Chain { Next = chain };

        return chain;
    }
}

/// <summary>Its constructor changes what it is given; an initialiser goes around it.</summary>
internal sealed record Trimmed(int Size)
{
    private readonly string _name = "";

    [JsonConstructor]
    public Trimmed(int size, string name)
        : this(size)
        => _name = name.Trim();

    public string Name
    {
        get => _name;
        init => _name = value;
    }
}

/// <summary>It is another one each time that it is read.</summary>
internal sealed class Doubling
{
    private int _size;

    public int Size
    {
        get => _size;
        set => _size = 2 * value;
    }
}

/// <summary>What is read is added to what its constructor puts there.</summary>
internal sealed class Growing
{
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public List<string> Items { get; } = ["a"];
}

internal sealed class WithRounding
{
    [JsonConverter(typeof(Rounding))]
    public decimal Amount { get; set; }

    /// <summary>It writes all and reads a part.</summary>
    internal sealed class Rounding : JsonConverter<decimal>
    {
        public override decimal Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => decimal.Truncate(decimal.Parse(reader.GetString()!, CultureInfo.InvariantCulture));

        public override void Write(
            Utf8JsonWriter writer, decimal value, JsonSerializerOptions options)
            => writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }
}

internal sealed class WithOneWay
{
    [JsonConverter(typeof(OneWay))]
    public string? Text { get; set; }

    internal sealed class OneWay : JsonConverter<string>
    {
        public override string Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => throw new NotSupportedException("It is only written.");

        public override void Write(
            Utf8JsonWriter writer, string value, JsonSerializerOptions options)
            => writer.WriteStringValue(value);
    }
}

/// <summary>Its attributes are for JSON that others read.</summary>
internal sealed record WithConditions
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Language { get; init; } = "en";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Limit { get; init; } = 5;

    [JsonNumberHandling(JsonNumberHandling.WriteAsString)]
    public int Quoted { get; init; }

    [JsonNumberHandling(JsonNumberHandling.Strict)]
    public double Any { get; init; }
}
