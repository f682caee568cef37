using System.Text.Json.Serialization;
using Memento.Tables;

namespace Memento.Tests.Tables.Documents;

/// <summary>Types whose values JSON would lose are refused before a value is lost.</summary>
public sealed class DocumentRuleTests
{
    [Fact]
    public void A_record_can_be_made_from_its_document()
        => AssertBroken(
            typeof(WithTwoConstructors),
            null,
            "'WithTwoConstructors' has no constructor that can make one from its JSON; give it a "
            + "public constructor, one only or one marked with [JsonConstructor].");

    [Fact]
    public void A_record_is_an_object()
        => AssertBroken(
            typeof(Crowd),
            null,
            "JSON would not write it as an object with properties; let it be no collection, and "
            + "have no [JsonConverter].");

    [Fact]
    public void A_constructor_takes_what_is_stored()
        => AssertBroken(
            typeof(WithHiddenParameter),
            null,
            "the constructor of 'WithHiddenParameter' has a parameter 'secret' without a public "
            + "property of the same name and type, so that its value is not stored; add the "
            + "property, or a public constructor without the parameter marked with "
            + "[JsonConstructor].");

    [Fact]
    public void A_public_field_would_be_lost()
        => AssertBroken(
            typeof(WithField),
            "Name",
            "the public field 'Name' of 'WithField' would not be stored; make it a property with a "
            + "getter and a setter (for a tuple, use a record).");

    [Fact]
    public void A_tuple_would_be_lost()
        => AssertBroken(
            typeof(With<(int, string)>),
            "Value",
            "the public field 'Item1' of '(int, string)' would not be stored; make it a property "
            + "with a getter and a setter (for a tuple, use a record).");

    [Theory]
    [InlineData(typeof(WithListThatCannotBeSet), "Tags")]
    [InlineData(typeof(WithPrivateSetter), "Count")]
    public void A_property_that_cannot_be_set_would_be_lost(Type type, string property)
        => AssertBroken(
            type,
            property,
            $"'{property}' of '{type.Name}' would not be stored, because it cannot be set when a "
            + "record is read; give it a setter ('init' will do) or a constructor parameter, or "
            + "mark it with [JsonIgnore].");

    [Theory]
    [InlineData(typeof(With<object>))]
    [InlineData(typeof(With<List<object>>))]
    [InlineData(typeof(With<Dictionary<string, With<object>>>))]
    public void A_value_says_what_it_is(Type type)
        => AssertBroken(
            type,
            "Value",
            "a value of type 'object' does not come back from JSON as what it was; use a type that "
            + "says what it holds.");

    [Theory]
    [InlineData(typeof(With<Type>), "Type")]
    [InlineData(typeof(With<Action>), "Action")]
    [InlineData(typeof(With<nint>), "IntPtr")]
    [InlineData(typeof(With<List<int[,]>>), "Int32[,]")]
    public void A_value_of_a_type_that_JSON_lacks_is_refused(Type type, string name)
        => AssertBroken(
            type,
            "Value",
            $"System.Text.Json cannot store a value of type '{name}'; use another type, or mark "
            + "the property with [JsonIgnore].");

    [Theory]
    [InlineData(typeof(With<System.Numerics.BigInteger>), "BigInteger")]
    [InlineData(typeof(With<System.Numerics.Complex[]>), "Complex")]
    public void A_type_that_hides_all_it_is_would_be_lost(Type type, string name)
        => AssertBroken(
            type,
            "Value",
            $"JSON would hold nothing of '{name}', which has no property that can be set; use "
            + "another type.");

    [Fact]
    public void A_pair_is_fine()
    {
        TableDefinition table =
            TableDefinitionReader.Read(typeof(With<KeyValuePair<string, Int128>>), Named);
        var record = new With<KeyValuePair<string, Int128>>(1, new("a", Int128.MaxValue));

        Assert.Equal(record, table.Deserialize(table.Serialize(record)));
    }

    [Fact]
    public void An_interface_cannot_be_made()
        => AssertBroken(
            typeof(With<IDisposable>),
            "Value",
            "'IDisposable' has no constructor that can make one from its JSON; give it a public "
            + "constructor, one only or one marked with [JsonConstructor].");

    [Fact]
    public void An_abstract_type_that_names_its_derived_types_is_fine()
        => Assert.NotNull(TableDefinitionReader.Read(typeof(With<Shape>), Named));

    [Fact]
    public void A_type_that_holds_itself_is_fine()
        => Assert.NotNull(TableDefinitionReader.Read(typeof(Tree)));

    [Fact]
    public void A_struct_may_be_missing()
        => Assert.NotNull(TableDefinitionReader.Read(typeof(With<Spot?>), Named));

    [Fact]
    public void What_is_ignored_may_be_anything()
        => Assert.NotNull(TableDefinitionReader.Read(typeof(WithIgnored)));

    [Fact]
    public void Names_in_JSON_are_different()
    {
        var exception = Assert.Throws<InvalidTableException>(
            () => TableDefinitionReader.Read(typeof(WithEqualNames)));

        Assert.StartsWith(
            "System.Text.Json cannot store 'WithEqualNames': ",
            exception.Rule,
            StringComparison.Ordinal);
    }

    private static TableOptions Named => new() { Name = "with" };

    private static void AssertBroken(Type type, string? property, string rule)
    {
        var exception = Assert.Throws<InvalidTableException>(
            () => TableDefinitionReader.Read(type, Named));

        Assert.Equal((property, rule), (exception.Property, exception.Rule));
    }

    internal sealed record With<T>(int Id, T Value);

    internal sealed class Crowd : List<string>
    {
        public int Id { get; set; }
    }

    internal sealed class WithTwoConstructors
    {
        public WithTwoConstructors(int id)
            : this(id, "")
        {
        }

        public WithTwoConstructors(int id, string name)
        {
            Id = id;
            Name = name;
        }

        public int Id { get; set; }

        public string Name { get; set; }
    }

    internal sealed class WithHiddenParameter(int id, string secret)
    {
        public int Id { get; } = id;

        public int Length { get; set; } = secret.Length;
    }

    internal sealed class WithField
    {
#pragma warning disable CA1051 // It is what the test is about.
        public string? Name = "";
#pragma warning restore CA1051

        public int Id { get; set; }
    }

    internal sealed class WithListThatCannotBeSet
    {
        public int Id { get; set; }

        public List<string> Tags { get; } = [];
    }

    internal sealed class WithPrivateSetter
    {
        public int Id { get; set; }

        public int Count { get; private set; }

        public void Increment() => Count++;
    }

    [JsonDerivedType(typeof(Circle), "circle")]
    internal abstract record Shape;

    internal sealed record Circle(double Radius) : Shape;

    internal sealed record Tree(int Id, Tree? Left, List<Tree>? Others);

    internal readonly record struct Spot(int X, int Y);

    internal sealed class WithIgnored
    {
        public int Id { get; set; }

        public string? Name { get; set; }

        [JsonIgnore]
        public Action? Changed { get; set; }
    }

    internal sealed class WithEqualNames
    {
        public int Id { get; set; }

        [JsonPropertyName("Id")]
        public int Other { get; set; }
    }
}
