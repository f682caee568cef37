namespace Memento.Queries.Orders;

/// <summary>One property of an order.</summary>
/// <param name="Property">Its name, or a path to one of an object: <c>Address.City</c>.</param>
/// <param name="IsDescending">Whether the greatest come first, and null last.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.OrderPart")]
internal sealed record OrderPart(
    [property: Id(0)] string Property, [property: Id(1)] bool IsDescending);
