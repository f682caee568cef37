using System.Collections.Immutable;
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

/// <summary>Its constructor changes its argument; an initializer goes around it.</summary>
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

/// <summary>It checks its argument; it can be changed later.</summary>
internal sealed class Account
{
    private decimal _balance;

    public Account(long id, decimal balance)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(balance);
        Id = id;
        _balance = balance;
    }

    public long Id { get; }

    public decimal Balance => _balance;

    public void Withdraw(decimal amount) => _balance -= amount;
}

/// <summary>Its constructor stores its argument, and changes it there.</summary>
internal sealed class Sorted
{
    public Sorted(long id, List<string> lines)
    {
        Id = id;
        Lines = lines;
        Lines.Sort(StringComparer.Ordinal);
    }

    public long Id { get; }

    public List<string> Lines { get; }
}

/// <summary>
/// Its initializer checks the argument of the constructor; <c>with</c> goes around it.
/// </summary>
internal sealed record Stretch(int From, int To)
{
    [JsonIgnore]
    private readonly bool _isValid = Check(From, To);

    private static bool Check(int from, int to)
        => from <= to ? true : throw new ArgumentException("It ends before it begins.");
}

/// <summary>Its base constructor checks its argument.</summary>
internal sealed record Lap(int From, int To) : Leg(To);

internal abstract record Leg
{
    protected Leg(int to)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(to);
        To = to;
    }

    public int To { get; init; }
}

internal record Named(string Name)
{
    public List<string> Tags { get; init; } = [];

    public int Limit { get; init; } = 5;
}

/// <summary>The compiler makes all of its constructors.</summary>
internal sealed record Titled(int Id, string Name, string? Title) : Named(Name)
{
    public Guid Number { get; init; } = Guid.Empty;
}

/// <summary>Its getters say when they were not set.</summary>
internal sealed class Unset
{
    private string? _url;
    private int? _port;

    public string Url
    {
        get => _url ?? throw new InvalidOperationException("There is no URL.");
        set => _url = value;
    }

    public int Port
    {
        get => _port ?? throw new InvalidOperationException("There is no port.");
        set => _port = value;
    }
}

internal sealed class WithInitializedArray
{
    public ImmutableArray<int> Items { get; set; } = [];
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

/// <summary>The items of the document are added to the items of its constructor.</summary>
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
