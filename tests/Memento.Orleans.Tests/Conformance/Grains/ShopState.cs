namespace Memento.Tests.Conformance.Grains;

[GenerateSerializer]
public sealed class ShopState
{
    [Id(0)]
    public int Count { get; set; }
}
