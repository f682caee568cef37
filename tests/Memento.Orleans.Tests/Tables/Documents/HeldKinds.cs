using System.Text.Json;
using System.Text.Json.Serialization;

namespace Memento.Tests.Tables.Documents;

// Types of an application that records hold, each with a trait of its own.

[Flags]
internal enum Rights
{
    None = 0,
    Read = 1,
    Write = 2,
    All = 3,
}

internal enum Wide : ulong
{
    Least = 0,
    Most = ulong.MaxValue,
}

/// <summary>Both are written alike.</summary>
internal enum Twins
{
    [JsonStringEnumMemberName("same")]
    One,

    [JsonStringEnumMemberName("same")]
    Other,
}

/// <summary>Its names differ in case alone.</summary>
internal enum Cases
{
    one,
    One,
    ONE,
}

internal readonly record struct Spot(int X, string Y);

internal interface IShape;

[JsonDerivedType(typeof(Circle), "circle")]
internal record Shape(string Name) : IShape;

internal record Circle(string Name, double Radius) : Shape(Name);

/// <summary>Derived, and named nowhere.</summary>
internal sealed record Square(string Name, double Side) : Shape(Name);

[JsonDerivedType(typeof(UnnamedChild))]
internal record Unnamed(string Name);

internal sealed record UnnamedChild(string Name, int Age) : Unnamed(Name);

/// <summary>
/// A class as programs had them before there were records, with properties by hand.
/// </summary>
internal sealed class ByHand : IEquatable<ByHand>
{
    private string _name = "";
    private int _size;

    public string Name
    {
        get => _name;
        set => _name = value;
    }

    public int Size
    {
        get { return _size; }
        set { _size = value; }
    }

    public bool Equals(ByHand? other) => other?._name == _name && other._size == _size;

    public override bool Equals(object? obj) => Equals(obj as ByHand);

    public override int GetHashCode() => HashCode.Combine(_name, _size);
}

/// <summary>Its field is behind a property of its base class, which it overrides.</summary>
internal sealed class Sketch : SketchBase, IEquatable<Sketch>
{
    public override string? Name
    {
        get => base.Name;
        set => base.Name = value?.Trim('\0');
    }

    public override int Size { get; set; }

    public static Sketch Of(string name, int size) => new() { Name = name, Size = size };

    public bool Equals(Sketch? other) => other?.Name == Name && other?.Size == Size;

    public override bool Equals(object? obj) => Equals(obj as Sketch);

    public override int GetHashCode() => HashCode.Combine(Name, Size);
}

internal abstract class SketchBase
{
    public virtual string? Name { get; set; }

    public virtual int Size { get; set; }
}

internal sealed record WithIncluded
{
    public WithIncluded()
    {
    }

    public WithIncluded(int hidden) => Hidden = _field = hidden;

    [JsonInclude]
    private int Hidden { get; set; }

    [JsonInclude]
    [JsonPropertyName("field")]
    private int _field;

    public int Sum => Hidden + _field;

    public void Add() => _field++;
}

/// <summary>A list that is no more than its items.</summary>
internal sealed class Names : List<string>;

/// <summary>A dictionary whose constructor sets the comparer.</summary>
internal sealed class Headers() : Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

/// <summary>A list with a property of its own.</summary>
internal sealed class Cart : List<string>
{
    public string? Coupon { get; set; }
}

/// <summary>A dictionary with a field of its own.</summary>
internal sealed class Basket : Dictionary<string, int>
{
    private int _visits;

    public int Visit() => ++_visits;
}

internal sealed class WithPrivateProperty
{
    public string? Name { get; set; }

    private int Failures { get; set; }

    public int Fail() => Failures++;
}

internal sealed class WithPrivateField
{
    private int _failures;

    public string? Name { get; set; }

    public int Fail() => _failures++;
}

/// <summary>Such as packages have them: there is no place to put an attribute at.</summary>
internal abstract record Observed
{
    public event EventHandler? Changed;

    public void Change() => Changed?.Invoke(this, EventArgs.Empty);
}

internal sealed record WithEvent : Observed
{
    public string? Name { get; set; }
}

/// <summary>A delegate that is no event.</summary>
internal sealed class WithCallback
{
    private Action? _changed;

    public string? Name { get; set; }

    public void Listen(Action changed) => _changed = changed;

    public void Change() => _changed?.Invoke();
}

internal abstract record WithCache
{
    public virtual string? Cache { get; set; }

    public virtual Action? Callback { get; set; }
}

/// <summary>It says of properties of its base class that it is the same without them.</summary>
internal sealed record Forgetful : WithCache
{
    public string? Name { get; set; }

    [JsonIgnore]
    public override string? Cache
    {
        get => base.Cache;
        set => base.Cache = value;
    }

    [JsonIgnore]
    public override Action? Callback { get; set; }
}

internal class WithName
{
    public string? Name { get; set; }
}

internal sealed class WithHidden : WithName
{
    public new int Name { get; set; }
}

internal sealed class WithRest
{
    public string? Name { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Rest { get; set; }
}
