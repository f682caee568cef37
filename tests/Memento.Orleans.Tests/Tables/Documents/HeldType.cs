using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Memento.Keys;
using Memento.Tables;

namespace Memento.Tests.Tables.Documents;

/// <summary>A type that a property of a record is tried with.</summary>
internal abstract class HeldType(string name, bool isKept)
{
    public string Name { get; } = name;

    /// <summary>
    /// Whether every value of it comes back; otherwise it is refused at start-up.
    /// </summary>
    public bool IsKept { get; } = isKept;

    public abstract TableDefinition Define();

    /// <summary>Has values of all kinds written, copied and read.</summary>
    public abstract void Try();

    /// <summary>Has values of all kinds counted.</summary>
    public abstract void TryCounting();
}

/// <inheritdoc/>
internal sealed class HeldType<T>(Gen<T>? values)
    : HeldType(TypeName.Of<T>(), values is not null)
{
    public override TableDefinition Define()
        => TableDefinitionReader.Read(typeof(Holder<T>), new TableOptions { Name = "holder" });

    public override void Try()
    {
        TableDefinition table = Define();
        values!.Sample(value =>
        {
            var record = new Holder<T> { Id = 1, Value = value };
            table.ValidateRecord(record);
            object inSilo = table.Copy(record);
            object after = table.Deserialize(table.Serialize(inSilo));
            return Same(value, ((Holder<T>)inSilo).Value)
                && Same(value, ((Holder<T>)after).Value)
                && ((Holder<T>)inSilo).Value?.GetType() == ((Holder<T>)after).Value?.GetType()
                && table.SameDocument(record, inSilo) && table.SameDocument(inSilo, after);
        });
    }

    public override void TryCounting()
    {
        var counting = new Counting<Holder<T[]>>();
        values!.Array[0, 5].Sample(
            several => counting.IsEnough(new Holder<T[]> { Id = int.MinValue, Value = several }));
    }

    private static bool Same(object? left, object? right) => (left, right) switch
    {
        (null, _) or (_, null) => left is null && right is null,
        (JsonElement one, JsonElement other) => JsonElement.DeepEquals(one, other),
        (JsonNode one, JsonNode other) => JsonNode.DeepEquals(one, other),
        (Memory<byte> one, Memory<byte> other) => one.Span.SequenceEqual(other.Span),
        (Memory<int> one, Memory<int> other) => one.Span.SequenceEqual(other.Span),
        (ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other) =>
            one.Span.SequenceEqual(other.Span),
        (double one, double other) =>
            one.Equals(other) && (one != 0 || double.IsNegative(one) == double.IsNegative(other)),
        (float one, float other) =>
            one.Equals(other) && (one != 0 || float.IsNegative(one) == float.IsNegative(other)),
        (DateTime one, DateTime other) => one == other && one.Kind == other.Kind,
        (DateTimeOffset one, DateTimeOffset other) => one.EqualsExact(other),
        (decimal one, decimal other) =>
            decimal.GetBits(one).AsSpan().SequenceEqual(decimal.GetBits(other)),
        (ISet<string> one, ISet<string> other) => one.SetEquals(other),
        (IDictionary one, IDictionary other) => one.Count == other.Count
            && one.Keys.Cast<object>().All(key => Same(one[key], other[key])),
        (string, _) => left.Equals(right),
        (IEnumerable one, IEnumerable other) => SameItems(
            [.. one.Cast<object?>()], [.. other.Cast<object?>()]),
        _ => left.Equals(right),
    };

    private static bool SameItems(object?[] left, object?[] right)
        => left.Length == right.Length
            && left.Zip(right).All(each => Same(each.First, each.Second));
}

/// <summary>A record with a property of the type.</summary>
internal sealed class Holder<T>
{
    public int Id { get; set; }

    public T? Value { get; set; }
}
