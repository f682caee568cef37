namespace Memento.Queries;

/// <summary>
/// A guard on its way. It is flat: the serializer's own tree would be read by recursion, and could
/// hold cycles and types of the sender's choice.
/// </summary>
[GenerateSerializer]
[Alias("Memento.Guard")]
internal struct GuardSurrogate
{
    [Id(0)]
    public byte[] Bytes;
}
