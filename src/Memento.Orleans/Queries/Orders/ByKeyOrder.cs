namespace Memento.Queries.Orders;

/// <summary>The order of the keys.</summary>
internal sealed class ByKeyOrder(bool isDescending) : RecordOrder([], isDescending)
{
    public override byte[] Encode(object record, ReadOnlySpan<byte> key) => key.ToArray();
}
